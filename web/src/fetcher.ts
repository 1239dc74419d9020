/**
 * How GraphiQL reaches the API: queries and mutations over HTTP, each subscription over a socket of its own.
 *
 * All of them carry the token of whoever is logged in, unless the headers editor sets an `Authorization` itself.
 */

import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import { getOperationAST, GraphQLError, parse, type ExecutionResult, type OperationDefinitionNode } from 'graphql'

import { post, type Answer, type Headers } from './http'
import type { SessionKeeper } from './session'
import { listen } from './socket'

export function createFetcher(endpoint: string, sessions: SessionKeeper): Fetcher {
  return (given, options) => {
    const operation = operationOf(given)
    const params = { ...given, operationName: operation?.name?.value }
    const headers: Headers = options?.headers ?? {}
    const own = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1]

    if (operation?.operation === 'subscription') return listen(endpoint, params, sessions, own)
    const answer = own === undefined ? ask(endpoint, params, headers, sessions) : post(endpoint, params, headers)
    return answer.then(({ result }) => result, inTheResponsePane)
  }
}

/** Asks as whoever is logged in. */
async function ask(endpoint: string, params: FetcherParams, headers: Headers, sessions: SessionKeeper) {
  const send = async () => {
    const authorization = await sessions.authorization()
    return post(endpoint, params, authorization ? { ...headers, Authorization: authorization } : headers)
  }
  const answer = await send()
  if (!sessions.getState().session || !isTurnedAway(answer)) return answer
  // The token should have been good, but the server thinks otherwise. Nothing has run, so it is safe to ask again.
  await sessions.renew()
  return send()
}

function isTurnedAway({ status, result }: Answer): boolean {
  const isUnauthenticated = result.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED')
  return status === 401 || (!result.data && isUnauthenticated === true)
}

/** What will run: the operation that GraphiQL names, else the only one there is. */
function operationOf({ query, operationName }: FetcherParams): OperationDefinitionNode | undefined {
  try {
    const document = parse(query)
    // Just after a change of tabs GraphiQL still names the operation of the tab before.
    return getOperationAST(document, operationName) ?? getOperationAST(document) ?? undefined
  } catch {
    return undefined // A slip in the syntax: the server's answer will show where.
  }
}

/** GraphiQL would show a thrown error with its stack trace; a result shows the sentence alone. */
function inTheResponsePane(error: Error): ExecutionResult {
  return { errors: [new GraphQLError(error.message)] }
}
