/** One subscription over a WebSocket, which outlives its token and a restart of the server. */

import type { FetcherParams, Observable } from '@graphiql/toolkit'
import type { ExecutionResult } from 'graphql'
import { createClient, type Sink } from 'graphql-ws'

import type { SessionKeeper } from './session'

/** The close codes that say: not with this token. */
const UNAUTHORIZED = [4401, 4403]

/** A socket closed sooner than this was not closed for its token's age: coming back would go round in circles. */
const SHORTEST_LIFE_MS = 5_000

/** `own` is what the headers editor says for `Authorization`, where it says anything. */
export function listen(
  endpoint: string,
  params: FetcherParams,
  sessions: SessionKeeper,
  own: string | undefined,
): Observable<ExecutionResult> {
  const url = new URL(endpoint, location.href.replace(/^http/, 'ws')).href
  let acceptedAt = Infinity
  let hasEverWorked = false

  const client = createClient({
    url,
    // Asked anew at each connection: a later one carries a later token.
    connectionParams: async () => {
      const authorization = own ?? (await sessions.authorization())
      return authorization ? { Authorization: authorization } : {}
    },
    on: {
      connecting: () => {
        acceptedAt = Infinity
      },
      connected: () => {
        acceptedAt = Date.now()
        hasEverWorked = true
      },
    },
    // A lost connection is taken up again; one that the server closed on purpose (44xx) is not.
    shouldRetry: (cause) => hasEverWorked && !(cause instanceof CloseEvent && cause.code >= 4400),
  })

  function start(observer: Sink<ExecutionResult>): () => void {
    let isWanted = true
    let stop = client.subscribe<ExecutionResult['data']>(params, { ...observer, error: restartOrFail })

    function restartOrFail(cause: unknown): void {
      const isTokenTooOld = isUnauthorized(cause) && Date.now() - acceptedAt > SHORTEST_LIFE_MS
      if (!isTokenTooOld) return observer.error(inWords(cause, url))
      sessions.renew().then(() => {
        if (isWanted) stop = start(observer)
      }, observer.error)
    }

    return () => {
      isWanted = false
      stop()
    }
  }

  // GraphiQL always subscribes with an observer; the type also knows older ways.
  return { subscribe: (observer: unknown) => ({ unsubscribe: start(observer as Sink<ExecutionResult>) }) }
}

function isUnauthorized(cause: unknown): boolean {
  return cause instanceof CloseEvent && UNAUTHORIZED.includes(cause.code)
}

/** GraphQL errors show themselves well; what the browser tells of a socket does not. */
function inWords(cause: unknown, url: string): unknown {
  if (cause instanceof CloseEvent) return { message: `The server closed the socket: ${cause.code} ${cause.reason}` }
  if (cause instanceof Event) return { message: `No socket to ${url}. Is the server running?` }
  return cause
}
