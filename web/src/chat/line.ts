/** A side's line to the server: a client of graphql-ws that a button can cut and restore. */

import type { Client } from 'graphql-ws'

import { connect } from './follow'

export type LineState = 'connecting' | 'live' | 'away' | 'cut'

export class Line {
  readonly client: Client
  state: LineState = 'connecting'
  isCut = false
  private restored: Promise<void> = Promise.resolve()
  private restore: () => void = () => undefined
  private change: (state: LineState) => void

  constructor(url: string, authorization: () => Promise<string>, changed: (state: LineState) => void) {
    this.change = (state) => {
      this.state = this.isCut ? 'cut' : state
      changed(this.state)
    }
    this.client = connect(url, authorization, {
      retryWait: async () => {
        await new Promise((done) => setTimeout(done, 300 + Math.random() * 700))
        while (this.isCut) await this.restored
      },
      on: {
        connecting: () => this.change('connecting'),
        connected: () => (this.isCut ? this.client.terminate() : this.change('live')),
        closed: () => this.change('away'),
      },
    })
  }

  /** Waits while the line is cut. */
  async whole(): Promise<void> {
    while (this.isCut) await this.restored
  }

  cut(): void {
    this.isCut = true
    this.restored = new Promise((restore) => {
      this.restore = restore
    })
    this.change('cut')
    this.client.terminate()
  }

  mend(): void {
    this.isCut = false
    this.change('connecting')
    this.restore()
  }
}
