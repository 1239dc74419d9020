/** Follows a conversation for good, whatever dies in between. This is what a frontend copies, with `keep.ts` beside it. */

import { createClient, type Client, type ClientOptions } from 'graphql-ws'

import query from './conversation_events.graphql?raw'
import type { ConversationEvent } from './events'
import { keep, type Sink } from './keep'

/** A client that always comes back. It asks for the `authorization` each time: by then the token is another. */
export function connect(url: string, authorization: () => Promise<string>, more?: Partial<ClientOptions>): Client {
  const connectionParams = async () => ({ Authorization: await authorization() })
  const retryWait = () => new Promise<void>((done) => setTimeout(done, 300 + Math.random() * 1200))
  return createClient({ url, connectionParams, retryAttempts: Infinity, retryWait, shouldRetry: () => true, ...more })
}

/** Gives `take` what came after the sequence `seen`, then what comes: each once, in order. Returns how to stop. */
export function follow(client: Client, conversationId: string, take: (event: ConversationEvent) => void, seen = 0) {
  // The client sends the variables anew when it has come back: then they say after what to go on.
  const variables = { conversationId, get afterSequence() { return seen } }
  const subscribe = (sink: Sink) => client.subscribe({ query, variables }, sink)
  return keep(client, conversationId, subscribe, () => seen, (event) => {
    seen = event.sequence ?? seen // typing and receipts are not in the log
    take(event)
  })
}
