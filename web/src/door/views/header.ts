/** The top of the page: which event it is, whether there is network, and the running counts. */

import { element } from '../../dom'
import type { KeptEvent } from '../store'
import { period } from '../words'

export class Header {
  readonly root = element('header', { className: 'head' })
  private title = element('h1', { textContent: 'Check-in' })
  private brand = element('p', { className: 'brand', textContent: 'MishMob' })
  private when = element('p', { className: 'when' })
  private line = element('p', { className: 'line', role: 'status' })
  private counts = element('dl', { className: 'counts' })

  constructor() {
    this.counts.setAttribute('aria-label', 'Counts')
    this.root.append(element('div', { className: 'top' }, this.brand, this.line), this.title, this.when, this.counts)
    this.counts.hidden = true
  }

  showEvent({ title, eventDate, endDate, location, counts }: KeptEvent): void {
    this.title.textContent = title
    document.title = `${title} · Check-in`
    this.when.textContent = [period(eventDate, endDate), location].filter(Boolean).join(' · ')
    this.counts.hidden = !counts
    if (!counts) return
    const numbers = { 'Checked in': counts.checkedIn, Tickets: counts.issued, 'Inside now': counts.inside }
    const cells = Object.entries(numbers).map(([name, number]) =>
      element('div', {}, element('dt', { textContent: name }), element('dd', { textContent: number.toLocaleString() })),
    )
    this.counts.replaceChildren(...cells)
  }

  /** `isStale`: the counts are as they were when there was network last. */
  showLine(text: string, tone: 'up' | 'down', isStale: boolean): void {
    if (this.line.textContent !== text) this.line.textContent = text
    this.line.dataset.tone = tone
    this.counts.classList.toggle('stale', isStale)
  }
}
