/** Requests to the GraphQL API. Each ends in data, or in one of three errors that say what to do. */

import * as clock from './clock'

/** No answer, or one that asks to come again later: the same request may be sent again. */
export class NoAnswer extends Error {
  constructor(
    message: string,
    readonly retryAfter = 0,
  ) {
    super(message)
  }
}

/** The server refused. Sending the same again would not help. The message is a sentence for people. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** The request needs a login that this page does not have any more. */
export class LoggedOut extends Error {}

interface Problem {
  code: string
  message: string
  retryAfter: number | null
}

interface GraphQLAnswer {
  data?: Record<string, unknown> | null
  errors?: { message: string; extensions?: { code?: string; retryAfter?: number } }[]
}

/** Codes that ask to come again: the reason passes by itself. */
const PASSING = ['RATE_LIMITED', 'CONFLICT', 'INTERNAL']

export const PATIENCE_MS = 10_000

/** Returns the `data` of the answer. */
export async function request<Data>(
  endpoint: string,
  query: string,
  variables: Record<string, unknown>,
  authorization: string | null,
  patience = PATIENCE_MS,
): Promise<Data> {
  const answer = await exchange(endpoint, JSON.stringify({ query, variables }), authorization, patience)
  const [error] = answer.errors ?? []
  if (error) throw failure(error.extensions?.code ?? '', error.message, error.extensions?.retryAfter)
  const data = answer.data as Data & { result?: { __typename: string; messages: Problem[] } }
  if (data?.result?.__typename === 'OperationInfo') {
    const [first] = data.result.messages
    const message = data.result.messages.map((problem) => problem.message).join(' ')
    throw failure(first!.code, message, first!.retryAfter)
  }
  if (!data) throw new NoAnswer('The server gave no data.')
  return data
}

function failure(code: string, message: string, retryAfter: number | null | undefined): Error {
  if (code === 'UNAUTHENTICATED') return new LoggedOut(message)
  return PASSING.includes(code) || retryAfter ? new NoAnswer(message, retryAfter ?? 0) : new Refusal(code, message)
}

async function exchange(
  endpoint: string,
  body: string,
  authorization: string | null,
  patience: number,
): Promise<GraphQLAnswer> {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    Accept: 'application/graphql-response+json, application/json;q=0.9',
  }
  if (authorization) headers.Authorization = authorization
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), patience)
  try {
    const response = await fetch(endpoint, { method: 'POST', headers, body, signal: abort.signal, cache: 'no-store' })
    clock.learn(response.headers.get('Date'))
    return (await response.json()) as GraphQLAnswer
  } catch {
    // No network, too slow, or a proxy's page instead of the API's JSON.
    throw new NoAnswer('The server does not answer.')
  } finally {
    clearTimeout(timer)
  }
}
