/** Scans that wait for the network, and those that turned out to be wrong when it was back. */

import { button, element } from '../../dom'
import { troubleInWords } from '../answers'
import type { Trouble } from '../store'
import { count, timeOrDay } from '../words'

interface Acts {
  send: () => void
  discard: () => void
  tickOff: (nonce: string) => void
}

export class Waiting {
  readonly root = element('div', { className: 'waiting' })
  /** At the top of the page, where it is seen. */
  readonly alarm = button('', () => this.troubles.scrollIntoView({ behavior: 'smooth' }))
  private queue = element('section', { className: 'queue', aria: { label: 'Waiting scans' } })
  private troubles = element('section', { className: 'troubles', aria: { label: 'Look after these' } })
  private text = element('p', { role: 'status' })
  private why = element('p', { className: 'problem' })
  private send: HTMLButtonElement
  private discard: HTMLButtonElement

  constructor(private acts: Acts) {
    this.send = button('Send now', acts.send)
    this.discard = button('Discard them', acts.discard)
    this.alarm.className = 'alarm'
    this.queue.append(this.text, this.why, this.send, this.discard)
    this.root.append(this.troubles, this.queue)
    this.show(0, '', [])
  }

  /** `blocked` says why scans cannot be sent although there is network. */
  show(number: number, blocked: string, troubles: Trouble[]): void {
    this.queue.hidden = number === 0
    const text = number
      ? `${count(number, 'scan waits', 'scans wait')} on this phone, and ${number === 1 ? 'is' : 'are'} sent when there is network.`
      : ''
    if (this.text.textContent !== text) this.text.textContent = text
    this.why.textContent = blocked
    this.discard.hidden = !blocked
    this.showTroubles(troubles)
  }

  private showTroubles(troubles: Trouble[]): void {
    this.troubles.hidden = this.alarm.hidden = troubles.length === 0
    this.alarm.textContent = `${count(troubles.length, 'person', 'people')} to look after ↓`
    const lines = troubles.map((trouble) => {
      const name = trouble.name ?? 'Somebody'
      const text = element('p', {}, element('strong', { textContent: name }), ` ${troubleInWords(trouble)}`)
      const when = element('p', { className: 'small', textContent: `Scanned offline at ${timeOrDay(trouble.scannedAt)}` })
      const done = button('Done', () => this.acts.tickOff(trouble.nonce), `Done: ${name}`)
      return element('li', {}, element('div', {}, text, when), done)
    })
    const title = element('h2', { textContent: 'Look after these' })
    const lead = element('p', { textContent: 'They were let pass without network. The server has checked them since:' })
    this.troubles.replaceChildren(title, lead, element('ul', {}, ...lines))
  }
}
