/** The page at the door of one event: what it knows, and who tells whom. */

import { button, element } from '../dom'
import { answerOf, refusal, type Answer } from './answers'
import { LoggedOut, NoAnswer } from './api'
import { readCode, type Code } from './codes'
import type { DoorConfig } from './config'
import { Desk } from './desk'
import { Line } from './line'
import { Live } from './live'
import eventQuery from './operations/event.graphql?raw'
import { inWords, type Session } from './session'
import { forgetPhone, keepStorage } from './shell'
import { signal, wake } from './signals'
import type { KeptEvent, Store } from './store'
import { Sync, type Told } from './sync'
import { AnswerPanel } from './views/answer_panel'
import { Header } from './views/header'
import { LogIn } from './views/log_in'
import { Phone } from './views/phone'
import { Recent } from './views/recent'
import { Scanner } from './views/scanner'
import { Typing } from './views/typing'
import { Waiting } from './views/waiting'
import { count, type Counts, type Direction, type DoorEvent } from './words'

const RENEW_EVERY_MS = 60_000
const RECOUNT_MS = 2_000
const NOT_KNOWN = 'There is no network, and this phone does not know the event yet. The page opens when there is network.'
const NOT_STAFF =
  'You may not check people in at this event. Ask its organizer to make you a scanner, then load this page again.'
const IS_DRAFT = 'This event is a draft. Publish it, then load this page again.'
const IS_CANCELED = 'This event was canceled. Nobody can be checked in.'

export class Door {
  private event: KeptEvent | null = null
  private direction: Direction = 'ENTRY'
  private waitingCount = 0
  /** Answers are given one after the other. */
  private turn: Promise<unknown> = Promise.resolve()
  private isScanning = false
  /** The scan whose answer is shown. */
  private shownNonce = ''

  private line = new Line(() => this.refresh(), () => this.lineChanged(), () => this.catchUp())
  private desk: Desk
  private sync: Sync
  private live: Live

  private header = new Header()
  private logIn: LogIn
  private answer = new AnswerPanel()
  private scanner: Scanner
  private typing = new Typing((code) => this.handle(code))
  private waiting: Waiting
  private recent = new Recent()
  private phone: Phone
  private notice = element('p', { className: 'notice', role: 'status' })
  private newer = element('div', { className: 'newer' })
  private directions = this.makeDirections()
  private stage = element('div', { className: 'stage' })

  constructor(
    private root: HTMLElement,
    private config: DoorConfig,
    private session: Session,
    private store: Store,
    private eventId: string,
  ) {
    this.desk = new Desk(session, store, this.line, () => this.event!)
    this.sync = new Sync(session, store, this.desk.inFlight, (all) => this.take(all))
    this.live = new Live(config.endpoint, session, eventId, {
      counts: (counts) => this.showCounts(counts),
      connected: () => this.recount(),
    })
    this.logIn = new LogIn(session, () => void this.loggedIn())
    this.scanner = new Scanner(
      config,
      (text) => void this.handle(readCode(text)),
      () => this.answer.justScanned(),
      () => this.rest(),
    )
    this.waiting = new Waiting({
      send: () => this.line.tryNow(),
      discard: () => void this.discardBlocked(),
      tickOff: (nonce) => void this.tickOff(nonce),
    })
    this.phone = new Phone({ logOut: () => void this.logOut(), forget: () => void this.forget() })
    session.onChange(() => this.sessionChanged())
    addEventListener('pointerdown', wake)
    addEventListener('keydown', wake)
    setInterval(() => this.renew(), RENEW_EVERY_MS)
  }

  async open(): Promise<void> {
    this.root.replaceChildren(
      this.header.root, this.newer, this.notice, this.waiting.alarm, this.stage, this.waiting.root, this.recent.root, this.phone.root,
    )
    this.event = (await this.store.event(this.eventId)) ?? null
    await this.countWaiting()
    if (this.session.state === 'active') this.line.tryNow()
    this.show()
  }

  /** A newer version of this page is ready. */
  offerNewer(bringIn: () => void): void {
    this.newer.replaceChildren('A newer version of this page is ready. ', button('Reload', bringIn))
  }

  private show(): void {
    const { state } = this.session
    if (this.event) this.header.showEvent(state === 'none' ? { ...this.event, counts: null } : this.event)
    this.phone.show(state === 'active' ? this.session.displayName : '', this.waitingCount)
    this.showLine()
    if (state === 'none' || (state === 'ended' && !this.event)) this.showLogIn()
    else if (this.event) this.showScanner()
    else if (!this.notice.textContent) {
      const text = this.line.isKnown && !this.line.isUp ? NOT_KNOWN : 'Opening the event…'
      this.stage.replaceChildren(element('p', { className: 'opening', textContent: text }))
    }
  }

  private showLogIn(): void {
    if (this.logIn.root.isConnected && !this.isScanning) return // somebody may be typing
    this.isScanning = false
    this.scanner.off()
    this.notice.textContent = ''
    const scans = count(this.waitingCount, 'scan waits on this phone, and is', 'scans wait on this phone, and are')
    this.logIn.show(this.waitingCount ? `${scans} sent after you log in.` : '')
    this.stage.replaceChildren(this.logIn.root)
  }

  private showScanner(): void {
    const isLoggedOut = this.session.state === 'ended'
    if (this.isScanning && this.logIn.root.isConnected === isLoggedOut) return
    if (isLoggedOut) this.logIn.offer('Your session has ended. Scan on: scans wait on this phone, and are sent after you log in.')
    this.stage.replaceChildren(
      ...(isLoggedOut ? [this.logIn.root] : []),
      this.directions,
      this.scanner.root,
      this.answer.root,
      this.typing.root,
    )
    if (this.isScanning) return
    this.isScanning = true
    this.rest()
    void this.scanner.begin()
  }

  // What somebody at the door does.

  private handle(code: Code): Promise<void> {
    const next = this.turn.then(() => this.decide(code))
    this.turn = next.catch(() => undefined)
    return next
  }

  private async decide(code: Code): Promise<void> {
    if (!this.event) return
    const { direction } = this
    this.answer.checking()
    const { answer, nonce, isWaiting } = await this.desk
      .decide(code, direction)
      .catch((error: Error) => ({ answer: refusal(error.message), nonce: '', isWaiting: false }))
    this.showAnswer(answer, nonce)
    this.recent.add({ nonce, at: Date.now(), direction, answer, isWaiting })
    if (isWaiting) await this.countWaiting()
  }

  private showAnswer(answer: Answer, nonce: string): void {
    this.shownNonce = nonce
    this.answer.show(answer, () => this.rest())
    this.scanner.flash(answer.tone)
    signal(answer.tone)
  }

  private rest(): void {
    this.shownNonce = ''
    this.answer.ready(this.direction, this.scanner.isOn)
    this.scanner.flash('')
  }

  private makeDirections(): HTMLFieldSetElement {
    const choices = ([['ENTRY', 'Entry'], ['EXIT', 'Exit']] as const).map(([value, text]) => {
      const radio = element('input', { type: 'radio', name: 'direction', value, checked: value === 'ENTRY' })
      radio.onchange = () => {
        this.direction = value
        this.root.dataset.direction = value
        this.scanner.forgetSeen()
        this.rest()
      }
      return element('label', {}, radio, element('span', { textContent: text }))
    })
    return element('fieldset', { className: 'directions' }, element('legend', { textContent: 'Direction' }), ...choices)
  }

  // What the server tells.

  private catchUp(): void {
    if (this.event) this.live.start()
    void this.sendWaiting()
  }

  /** Asks how things are. */
  private async refresh(): Promise<void> {
    const { event } = await this.session.request<{ event: DoorEvent | null }>(eventQuery, { eventId: this.eventId })
    if (this.session.state !== 'active') return // logged out meanwhile
    if (!event) return this.turnAway('There is no such event, or you may not see it.')
    if (!event.checkInKey) return this.turnAway(event.status === 'DRAFT' ? IS_DRAFT : NOT_STAFF)
    const { checkInKey: key, checkInSummary: counts, ...about } = event
    this.notice.textContent = event.status === 'CANCELLED' ? IS_CANCELED : ''
    const isFirst = !this.event
    this.event = { ...about, key, counts }
    await this.store.keepEvent(this.event)
    this.header.showEvent(this.event)
    if (isFirst) this.show()
    if (isFirst) void keepStorage()
  }

  private async sendWaiting(): Promise<void> {
    const before = this.waitingCount
    try {
      await this.sync.run()
    } catch (error) {
      if (error instanceof NoAnswer) this.line.lost(error.retryAfter)
      else if (!(error instanceof LoggedOut)) throw error
    } finally {
      await this.countWaiting()
    }
    if (this.waitingCount < before) this.recount()
  }

  /** A socket that has just opened may miss what happens in its first moment. */
  private recount(): void {
    for (const pause of [0, RECOUNT_MS]) setTimeout(() => void this.refresh().catch(() => undefined), pause)
  }

  private take(all: Told[]): void {
    for (const { scan, result } of all) {
      if (!result || this.event?.id !== scan.eventId) continue
      const answer = answerOf(result, this.event)
      this.recent.settle(scan.nonce, answer)
      // The person still stands here.
      if (scan.nonce === this.shownNonce) this.showAnswer(answer, scan.nonce)
    }
    void this.countWaiting()
  }

  private showCounts(counts: Counts): void {
    if (!this.event) return
    this.event = { ...this.event, counts }
    this.header.showEvent(this.event)
    void this.store.keepEvent(this.event)
  }

  private async turnAway(why: string): Promise<void> {
    this.notice.textContent = why
    this.live.stop()
    await this.store.removeEvent(this.eventId)
    this.event = null
    this.isScanning = false
    this.scanner.off()
    this.stage.replaceChildren()
  }

  /** Renews the session before it is needed, and finds what a lost message of the socket would have told. */
  private renew(): void {
    if (this.session.state === 'active' && this.line.isUp) this.line.tryNow()
  }

  // Network and session.

  private lineChanged(): void {
    if (!this.line.isUp) this.live.stop()
    this.show()
  }

  private showLine(): void {
    const waiting = this.waitingCount ? ` · ${this.waitingCount} waiting` : ''
    if (this.session.state !== 'active') this.header.showLine(`Not logged in${waiting}`, 'down', true)
    else if (!this.line.isKnown) this.header.showLine(`Connecting…${waiting}`, 'down', true)
    else if (this.line.isUp) this.header.showLine(`Online${waiting}`, 'up', false)
    else this.header.showLine(`Offline${waiting}`, 'down', true)
  }

  private async loggedIn(): Promise<void> {
    this.show()
    this.line.tryNow()
  }

  private sessionChanged(): void {
    if (this.session.state !== 'active') this.live.stop()
    this.show()
  }

  private async countWaiting(): Promise<void> {
    const [scans, troubles] = await Promise.all([this.store.waiting(), this.store.troubles()])
    this.waitingCount = scans.length
    const blocked = [...new Set(this.sync.blocked.values())].join(' ')
    this.waiting.show(scans.length, blocked, troubles)
    this.phone.show(this.session.state === 'active' ? this.session.displayName : '', scans.length)
    this.showLine()
  }

  private async tickOff(nonce: string): Promise<void> {
    await this.store.removeTrouble(nonce)
    await this.countWaiting()
  }

  private async discardBlocked(): Promise<void> {
    const scans = (await this.store.waiting()).filter(({ eventId }) => this.sync.blocked.has(eventId))
    const question = `The server will never hear of ${count(scans.length, 'this scan', 'these scans')}. Discard?`
    if (!confirm(question)) return
    for (const { nonce } of scans) await this.store.removeScan(nonce)
    this.sync.blocked.clear()
    await this.countWaiting()
  }

  private async logOut(): Promise<void> {
    const waits = count(this.waitingCount, 'scan waits', 'scans wait')
    if (this.waitingCount && !confirm(`${waits} on this phone until somebody logs in here again. Log out?`)) return
    await this.session.logOut()
  }

  private async forget(): Promise<void> {
    await this.countWaiting()
    if (this.waitingCount) return
    try {
      await this.session.logOut()
      this.live.stop()
      this.scanner.off()
      await forgetPhone(this.config, this.store)
      this.root.replaceChildren(element('p', { className: 'notice', textContent: 'This phone has forgotten everything about this page.' }))
    } catch (error) {
      this.notice.textContent = inWords(error)
    }
  }
}
