/** The big answer to the last scan, which goes back to “ready” by itself. */

import { element } from '../../dom'
import type { Answer } from '../answers'
import type { Direction } from '../words'

const SIGNS = { good: '✓', bad: '✕', unsure: '?' }
/** So long an answer stays. A refusal has more to read, and somebody to talk to. */
const STAY_MS = { good: 8_000, unsure: 15_000, bad: 15_000 }

export class AnswerPanel {
  readonly root = element('section', { className: 'answer' })
  private content = element('div', { className: 'content', role: 'status' })
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.root.setAttribute('aria-label', 'Answer')
    this.content.setAttribute('aria-live', 'assertive')
    this.content.setAttribute('aria-atomic', 'true')
    this.root.append(this.content)
  }

  ready(direction: Direction, isCameraOn: boolean): void {
    clearTimeout(this.timer)
    this.paint('ready')
    const what = isCameraOn ? 'Hold the QR code of a ticket in front of the camera.' : 'Type a code, or start the camera.'
    const title = direction === 'ENTRY' ? 'Ready' : 'Ready for people who leave'
    this.content.replaceChildren(element('p', { className: 'title', textContent: title }), element('p', {}, what))
  }

  /** A code that was answered is still, or again, in view. */
  justScanned(): void {
    if (this.root.dataset.tone !== 'ready') return
    const text = 'This code was just scanned. Take it away, then hold it there again.'
    if (this.content.lastChild?.textContent !== text) this.content.lastElementChild?.replaceChildren(text)
  }

  checking(): void {
    clearTimeout(this.timer)
    this.paint('ready')
    this.content.replaceChildren(element('p', { className: 'title', textContent: 'Checking…' }), element('p'))
  }

  show({ tone, title, detail, name, isOffline }: Answer, back: () => void): void {
    clearTimeout(this.timer)
    this.paint(tone, isOffline)
    const sign = element('span', { className: 'sign', textContent: SIGNS[tone], aria: { hidden: 'true' } })
    const lines = [
      element('p', { className: 'title' }, sign, title),
      name && element('p', { className: 'name', textContent: name }),
      element('p', { className: 'detail', textContent: detail }),
      isOffline && element('p', { className: 'badge', textContent: BADGES[tone] }),
    ]
    const shown = element('div', {}, ...lines.filter((line) => line instanceof Node))
    this.content.replaceChildren(shown)
    appear(shown)
    this.timer = setTimeout(back, STAY_MS[tone])
  }

  private paint(tone: string, isOffline = false): void {
    this.root.dataset.tone = tone
    this.root.classList.toggle('offline', isOffline)
  }
}

/**
 * Lets an answer appear: two answers that look alike must be seen as two. The element is a new one each time: Chromium
 * now and then leaves an element that was animated before with the text color of the former answer, dark on red.
 */
function appear(answer: HTMLElement): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  answer.animate?.([{ opacity: 0, transform: 'scale(0.94)' }, { opacity: 1, transform: 'none' }], 160)
}

const BADGES = {
  good: 'Offline: will be checked',
  unsure: 'Offline: will be checked',
  bad: 'Offline: decided by this phone',
}
