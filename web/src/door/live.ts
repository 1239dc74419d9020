/** The running counts of the event, as the server tells them: several phones at one door agree. */

import { createClient, type Client } from 'graphql-ws'

import eventCheckIns from './operations/event_check_ins.graphql?raw'
import type { Session } from './session'
import type { Counts } from './words'

/** Close codes of a socket whose token the server does not take. */
const UNAUTHORIZED = [4401, 4403]
const PAUSE_MS = 1_500
const LONGEST_PAUSE_MS = 15_000

export class Live {
  private client: Client
  private failures = 0
  private connectedAt = Infinity
  private unsubscribe: () => void = () => undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private isWanted = false

  constructor(
    endpoint: string,
    private session: Session,
    private eventId: string,
    private tell: { counts: (counts: Counts) => void; connected: () => void },
  ) {
    this.client = createClient({
      url: new URL(endpoint, location.href.replace(/^http/, 'ws')).href,
      // Asked anew at each connection: a later one carries a later token.
      connectionParams: async () => ({ Authorization: await this.session.authorization() }),
      // `retry` below comes back, also where the server has ended the subscription and not the socket.
      retryAttempts: 0,
      on: {
        connected: () => {
          this.connectedAt = Date.now()
          // What happened while there was no socket is in no message of this one.
          this.tell.connected()
        },
      },
    })
  }

  start(): void {
    if (this.isWanted) return
    this.isWanted = true
    this.subscribe()
  }

  stop(): void {
    this.isWanted = false
    clearTimeout(this.timer)
    this.unsubscribe()
  }

  private subscribe(): void {
    clearTimeout(this.timer)
    const variables = { eventId: this.eventId }
    let isOver = false
    const retry = (cause?: unknown) => {
      if (isOver) return
      isOver = true
      if (cause instanceof CloseEvent && UNAUTHORIZED.includes(cause.code)) this.session.distrust()
      this.retry()
    }
    const stop = this.client.subscribe<{ eventCheckIns: { summary: Counts | null } }>(
      { query: eventCheckIns, variables },
      {
        next: ({ data }) => {
          if (data?.eventCheckIns?.summary) this.tell.counts(data.eventCheckIns.summary)
        },
        error: retry,
        complete: () => retry(),
      },
    )
    this.unsubscribe = () => {
      isOver = true
      stop()
    }
  }

  private retry(): void {
    if (!this.isWanted || this.session.state !== 'active') return
    this.failures = Date.now() - this.connectedAt > LONGEST_PAUSE_MS ? 1 : this.failures + 1
    this.connectedAt = Infinity
    const pause = Math.min(PAUSE_MS * 2 ** (this.failures - 1), LONGEST_PAUSE_MS) * (0.7 + Math.random() * 0.6)
    this.timer = setTimeout(() => this.subscribe(), pause)
  }
}
