/** Follows a conversation for good, whatever dies in between. All that a frontend copies is in this file. */

import { createClient, type Client, type ClientOptions, type FormattedExecutionResult, type Sink } from 'graphql-ws'

/** What you show of a conversation: add the fields that you need, here and in the types below. */
export const conversationEvents = `
  subscription ConversationEvents($conversationId: ID!, $afterSequence: Int) {
    conversationEvents(conversationId: $conversationId, afterSequence: $afterSequence) {
      __typename
      ... on MessageSent { sequence message { ...MessageFields } }
      ... on MessageEdited { sequence message { ...MessageFields } }
      ... on MessageDeleted { sequence messageId }
      ... on MessageReacted { sequence messageId emoji count }
      ... on ParticipantsChanged { sequence participants { id displayName } }
      ... on ConversationRead { reader { id } upToSequence }
      ... on ParticipantTyping { participant { id } isTyping }
    }
  }
  fragment MessageFields on Message {
    id sequence clientId content sentAt editedAt isDeleted sender { id displayName }
  }
`

export interface Person { id: string; displayName: string }

export interface Message {
  id: string
  sequence: number
  clientId: string
  content: string
  sentAt: string
  editedAt: string | null
  isDeleted: boolean
  sender: Person | null
}

/** Events of the log have a sequence; receipts and typing come live only and have none. */
export type ConversationEvent =
  | { __typename: 'MessageSent' | 'MessageEdited'; sequence: number; message: Message }
  | { __typename: 'MessageDeleted'; sequence: number; messageId: string }
  | { __typename: 'MessageReacted'; sequence: number; messageId: string; emoji: string; count: number }
  | { __typename: 'ParticipantsChanged'; sequence: number; participants: Person[] }
  | { __typename: 'ConversationRead'; sequence?: undefined; reader: { id: string }; upToSequence: number }
  | { __typename: 'ParticipantTyping'; sequence?: undefined; participant: { id: string }; isTyping: boolean }

export type EventSink = Sink<FormattedExecutionResult<{ conversationEvents: ConversationEvent }, unknown>>

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
  const subscribe = (sink: EventSink) => client.subscribe({ query: conversationEvents, variables }, sink)
  return keep(client, conversationId, subscribe, () => seen, (event) => {
    seen = event.sequence ?? seen
    take(event)
  })
}

const PAUSE_MS = 1000
/** An event that a ping already knows of may still be on its way for so long. */
const LATE_MS = 3000

/** Keeps a subscription: whatever ends it, and whatever is lost on its way, it goes on after the last event. */
export function keep(
  client: Client,
  conversationId: string,
  subscribe: (sink: EventSink) => () => void,
  seen: () => number,
  take: (event: ConversationEvent) => void,
): () => void {
  let isOver = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = begin()
  // With each ping, every 25 seconds, the server says how far the log has got.
  const ignorePings = client.on('ping', (_received, payload) => {
    const had = seen()
    const head = (payload as { heads?: Record<string, number> } | undefined)?.heads?.[conversationId] ?? 0
    if (head > had) setTimeout(() => { if (seen() === had) again() }, LATE_MS)
  })
  return end

  function begin(): () => void {
    let isCurrent = true
    const next: EventSink['next'] = ({ data, errors }) => {
      if (!isCurrent) return
      if (errors?.[0]?.extensions?.code === 'FORBIDDEN') return end() // you take part no longer
      const event = data?.conversationEvents
      if (!event) return again() // it could not be shown just now
      if (event.sequence === undefined || event.sequence === seen() + 1) take(event)
      else if (event.sequence > seen()) again() // one between was lost
    }
    const comeBack = () => { if (isCurrent) again() }
    const unsubscribe = subscribe({ next, error: comeBack, complete: comeBack })
    return () => { isCurrent = false; unsubscribe() }
  }
  function again(): void {
    if (isOver) return
    stop()
    clearTimeout(timer)
    timer = setTimeout(() => { stop = begin() }, PAUSE_MS)
  }
  function end(): void {
    isOver = true
    clearTimeout(timer)
    ignorePings()
    stop()
  }
}
