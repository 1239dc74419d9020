/** The bottom of the page: sound, who is logged in, what is kept on this phone, and how to remove it. */

import { button, element } from '../../dom'
import { isMuted, mute } from '../signals'
import { count } from '../words'

interface Acts {
  logOut: () => void
  forget: () => void
}

const KEPT = [
  'Your name and a token that keeps you logged in, until you log out or do not use this page for seven days.',
  'This event: title, time, location, counts, and the public key that checks tickets without network. Removed a week after the event.',
  'Scans that wait for the network, with the codes of their tickets. Removed as soon as the server has answered.',
  'Which tickets were scanned here, by number and without names, so that a second scan is noticed without network. Removed a week after the event.',
  'Results that you must look after, with the attendee’s name, until you tick them off, and at most for a day.',
  'This page itself, so that it opens without network, and your choice of camera and sound.',
]

export class Phone {
  readonly root = element('section', { className: 'phone', aria: { label: 'This phone' } })
  private who = element('p')
  private logOut: HTMLButtonElement
  private forget: HTMLButtonElement
  private why = element('p', { className: 'small' })

  constructor(acts: Acts) {
    this.logOut = button('Log out', acts.logOut)
    this.forget = button('Forget this phone', acts.forget)
    const sound = element('input', { type: 'checkbox', id: 'sound', checked: !isMuted() })
    sound.onchange = () => mute(!sound.checked)
    const label = element('label', { className: 'switch', htmlFor: 'sound' }, sound, 'Sound and vibration')
    const kept = element('ul', {}, ...KEPT.map((line) => element('li', { textContent: line })))
    const details = element(
      'details', {}, element('summary', { textContent: 'What is kept on this phone' }), kept,
      element('p', { className: 'small', textContent: '“Forget this phone” removes all of it, and logs you out.' }),
      this.forget, this.why,
    )
    this.root.append(label, element('div', { className: 'person' }, this.who, this.logOut), details)
  }

  show(displayName: string, waiting: number): void {
    this.who.textContent = displayName ? `Logged in as ${displayName}` : ''
    this.logOut.hidden = !displayName
    this.forget.disabled = waiting > 0
    this.why.textContent = waiting
      ? `Not while ${count(waiting, 'scan waits', 'scans wait')}: it would be lost. Send it first.`
      : ''
  }
}
