/** The last scans of this window. Their names are nowhere but here, and gone when the page is closed. */

import { element } from '../../dom'
import type { Answer } from '../answers'
import { clockTime, type Direction } from '../words'

export interface Entry {
  nonce: string
  at: number
  direction: Direction
  answer: Answer
  isWaiting: boolean
}

const SHOWN = 12
const SIGNS = { good: '✓', bad: '✕', unsure: '?' }

export class Recent {
  readonly root = element('section', { className: 'recent', aria: { label: 'Last scans' } })
  private entries: Entry[] = []

  constructor() {
    this.render()
  }

  add(entry: Entry): void {
    this.entries = [entry, ...this.entries].slice(0, SHOWN)
    this.render()
  }

  /** The server has answered a scan that waited. */
  settle(nonce: string, answer: Answer): void {
    const entry = this.entries.find((one) => one.nonce === nonce)
    if (!entry) return
    Object.assign(entry, { answer, isWaiting: false })
    this.render()
  }

  private render(): void {
    this.root.hidden = this.entries.length === 0
    const lines = this.entries.map(({ at, direction, answer, isWaiting }) => {
      const { tone, title, name } = answer
      const sign = element('span', { className: 'sign', textContent: SIGNS[tone], aria: { hidden: 'true' } })
      const said = [title, direction === 'EXIT' ? 'exit' : '', isWaiting ? 'waits for network' : '']
      const text = element('span', { className: 'what' }, element('strong', { textContent: name ?? title }),
        element('span', { className: 'small', textContent: said.filter((part) => part && (name || part !== title)).join(' · ') }))
      const when = element('time', { textContent: clockTime(at), dateTime: new Date(at).toISOString() })
      const line = element('li', {}, sign, text, when)
      line.dataset.tone = tone
      return line
    })
    this.root.replaceChildren(element('h2', { textContent: 'Last scans on this phone' }), element('ol', {}, ...lines))
  }
}
