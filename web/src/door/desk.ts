/** Decides about one code: asks the server, or, where that does not answer, this phone. Nothing is counted twice. */

import {
  alreadyHere, answerOf, cannotTell, foreign, forged, genuine, notKept, refusal, refusedOffline, timeliness,
  type Answer,
} from './answers'
import { LoggedOut, NoAnswer, Refusal } from './api'
import * as clock from './clock'
import { check, subjectOf, ticketOf, type Code } from './codes'
import type { Line } from './line'
import checkIn from './operations/check_in.graphql?raw'
import type { Session } from './session'
import { randomText, type KeptEvent, type Memory, type Store, type WaitingScan } from './store'
import type { CheckInResult, Direction, Outcome } from './words'

/** So long somebody at the door waits for the server, before the phone decides alone. */
const PATIENCE_MS = 4_000
/** Refusals that stay as they are: a code that got one is refused without network too. */
const LASTING: Outcome[] = ['UNKNOWN_CODE', 'WRONG_EVENT', 'REVOKED', 'CANCELLED']

export interface Decision {
  answer: Answer
  nonce: string
  /** Whether the scan waits for the network. */
  isWaiting: boolean
}

export class Desk {
  /** Scans that the server is being asked about: others leave them alone. */
  readonly inFlight = new Set<string>()

  constructor(
    private session: Session,
    private store: Store,
    private line: Line,
    private event: () => KeptEvent,
  ) {}

  async decide(code: Code, direction: Direction): Promise<Decision> {
    const nonce = randomText(16)
    if (code.kind === 'foreign') return { answer: foreign, nonce, isWaiting: false }
    const scannedAt = new Date(clock.now()).toISOString()
    const scan: WaitingScan = { nonce, eventId: this.event().id, code: code.text, scannedAt, direction, shown: null }
    const answer = this.line.isUp && this.session.state === 'active' ? await this.askServer(scan) : null
    return answer ? { answer, nonce, isWaiting: false } : this.decideAlone(scan, code.kind)
  }

  /** Returns null without an answer. The scan is kept before it is sent: the server may have counted it by then. */
  private async askServer(scan: WaitingScan): Promise<Answer | null> {
    const { nonce, eventId, code, direction } = scan
    this.inFlight.add(nonce)
    try {
      // Without storage the answer of the server still counts.
      await this.store.keepScan(scan).catch(() => undefined)
      const input = { eventId, code, nonce, direction }
      const { result } = await this.session.request<{ result: CheckInResult }>(checkIn, { input }, PATIENCE_MS)
      await this.store.settle(nonce, memoriesOf(scan, result), null).catch(() => undefined)
      return answerOf(result, this.event())
    } catch (error) {
      if (error instanceof Refusal) {
        await this.store.removeScan(nonce)
        return refusal(error.message)
      }
      if (error instanceof NoAnswer) this.line.lost(error.retryAfter)
      else if (!(error instanceof LoggedOut)) throw error
      return null
    } finally {
      this.inFlight.delete(nonce)
    }
  }

  private async decideAlone(scan: WaitingScan, kind: 'signed' | 'typed'): Promise<Decision> {
    const { answer, memory } = await this.judge(scan, kind)
    const isWaiting = memory !== null
    try {
      if (memory) {
        await this.store.keepScan({ ...scan, shown: SHOWN[answer.tone] })
        if (answer.tone !== 'bad') await this.store.remember(memory)
      } else await this.store.removeScan(scan.nonce)
    } catch {
      return { answer: notKept, nonce: scan.nonce, isWaiting: false }
    }
    return { answer, nonce: scan.nonce, isWaiting }
  }

  /** A verdict without `memory` is final: the server would refuse too, so the scan need not be sent. */
  private async judge(scan: WaitingScan, kind: 'signed' | 'typed'): Promise<{ answer: Answer; memory: Memory | null }> {
    const event = this.event()
    const final = (answer: Answer) => ({ answer, memory: null })
    const verdict = kind === 'signed' ? await check(scan.code, event.key) : ({ kind: 'typed' } as const)
    if (verdict.kind === 'forged') return final(forged)
    if (verdict.kind === 'other-event') return final(refusedOffline('WRONG_EVENT', event))
    if (event.status === 'CANCELLED') return final(refusedOffline('EVENT_CANCELLED', event))
    const refused = await this.store.remembered(event.id, subjectOf(scan.code))
    if (refused?.kind === 'REFUSED') return final(refusedOffline(refused.outcome!, event, refused.at))
    const untimely = timeliness(event, Date.parse(scan.scannedAt))
    if (untimely) return final(refusedOffline(untimely, event))

    const subject = verdict.kind === 'genuine' ? verdict.ticket : subjectOf(scan.code)
    const before = await this.store.remembered(event.id, subject)
    const memory: Memory = {
      eventId: event.id, subject, kind: scan.direction, outcome: null, at: Date.parse(scan.scannedAt),
    }
    if (before?.kind === scan.direction) return { answer: alreadyHere(before), memory }
    return { answer: verdict.kind === 'genuine' ? genuine(scan.direction) : cannotTell(verdict.kind), memory }
  }
}

const SHOWN = { good: 'pass', unsure: 'unsure', bad: 'refused' } as const

/** What the phone learns from an answer, for the time without network. */
export function memoriesOf(scan: WaitingScan, result: CheckInResult): Memory[] {
  const { eventId, code } = scan
  const at = Date.parse(result.recordedAt)
  const { outcome } = result
  if (LASTING.includes(outcome)) return [{ eventId, subject: subjectOf(code), kind: 'REFUSED', outcome, at }]
  const subject = ticketOf(code) ?? subjectOf(code)
  if (outcome === 'ADMITTED' || outcome === 'ALREADY_CHECKED_IN') {
    return [{ eventId, subject, kind: 'ENTRY', outcome, at: Date.parse(result.firstCheckInTime ?? scan.scannedAt) }]
  }
  if (outcome === 'EXITED' || outcome === 'NOT_INSIDE') return [{ eventId, subject, kind: 'EXIT', outcome, at }]
  return []
}
