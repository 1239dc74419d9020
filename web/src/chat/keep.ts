/** Keeps a subscription to a conversation: whatever ends it, and whatever is lost on its way, it goes on after the last. */

import type { Client, FormattedExecutionResult, Sink as SinkOf } from 'graphql-ws'

import type { ConversationEvent } from './events'

export type Sink = SinkOf<FormattedExecutionResult<{ conversationEvents: ConversationEvent }, unknown>>

/** With each ping, every 25 seconds, comes how far the log has got. */
interface Ping { heads?: Record<string, number> }

const PAUSE_MS = 1000
/** What was told by a ping may still be on its way. */
const LATE_MS = 3000

/** Gives `take` each event once, in order, until one takes part no longer. Returns how to stop. */
export function keep(
  client: Client,
  conversationId: string,
  subscribe: (sink: Sink) => () => void,
  seen: () => number,
  take: (event: ConversationEvent) => void,
): () => void {
  let isOver = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = begin()
  const ignorePings = client.on('ping', (_received, payload) => {
    const had = seen()
    const head = (payload as Ping | undefined)?.heads?.[conversationId] ?? 0
    if (head > had) setTimeout(() => { if (seen() === had) again() }, LATE_MS)
  })
  return end

  function begin(): () => void {
    let isCurrent = true
    const next: Sink['next'] = ({ data, errors }) => {
      if (!isCurrent) return
      if (errors?.[0]?.extensions?.code === 'FORBIDDEN') return end() // one takes part no longer
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
