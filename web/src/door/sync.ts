/** Sends the scans that wait, of all events, until each has its answer. A repeat has the same nonce, and counts once. */

import { isPass } from './answers'
import { NoAnswer, Refusal } from './api'
import * as clock from './clock'
import { memoriesOf } from './desk'
import syncCheckIns from './operations/sync_check_ins.graphql?raw'
import type { Session } from './session'
import type { Store, Trouble, WaitingScan } from './store'
import type { CheckInResult } from './words'

/** The server takes 1,000; a smaller batch arrives in time on a slow network. */
const BATCH = 200
const SMALLEST_BATCH = 10
const PATIENCE_MS = 20_000
/** Refusals of the whole event, not of one scan in the batch. */
const OF_EVENT = ['FORBIDDEN', 'NOT_FOUND', 'MFA_REQUIRED', 'EMAIL_NOT_VERIFIED']

export interface Told {
  scan: WaitingScan
  /** Null: the server could not record it. */
  result: CheckInResult | null
}

export class Sync {
  /** Why the scans of an event cannot be sent, by its id. */
  readonly blocked = new Map<string, string>()
  private batch = BATCH
  private running: Promise<void> | null = null

  constructor(
    private session: Session,
    private store: Store,
    private inFlight: ReadonlySet<string>,
    private told: (all: Told[]) => void,
  ) {}

  /** Ends when nothing waits any more that can be sent; fails with `NoAnswer` or `LoggedOut`. */
  run(): Promise<void> {
    this.running ??= this.sendAll().finally(() => {
      this.running = null
    })
    return this.running
  }

  private async sendAll(): Promise<void> {
    this.blocked.clear()
    for (;;) {
      const waiting = (await this.store.waiting()).filter(
        ({ nonce, eventId }) => !this.inFlight.has(nonce) && !this.blocked.has(eventId),
      )
      const [first] = waiting
      if (!first) return
      const scans = waiting.filter(({ eventId }) => eventId === first.eventId).slice(0, this.batch)
      await this.sendOrSplit(first.eventId, scans)
    }
  }

  private async sendOrSplit(eventId: string, scans: WaitingScan[]): Promise<void> {
    try {
      await this.send(eventId, scans)
    } catch (error) {
      if (error instanceof NoAnswer) this.batch = Math.max(SMALLEST_BATCH, Math.floor(this.batch / 2))
      if (!(error instanceof Refusal)) throw error
      if (OF_EVENT.includes(error.code)) this.blocked.set(eventId, error.message)
      else if (scans.length === 1) await this.giveUp(scans[0]!, error.message)
      else await this.sendHalves(eventId, scans)
    }
  }

  /** One scan that the server does not take must not keep the others waiting. */
  private async sendHalves(eventId: string, scans: WaitingScan[]): Promise<void> {
    const middle = Math.ceil(scans.length / 2)
    for (const half of [scans.slice(0, middle), scans.slice(middle)]) {
      if (!this.blocked.has(eventId)) await this.sendOrSplit(eventId, half)
    }
  }

  private async send(eventId: string, scans: WaitingScan[]): Promise<void> {
    // This phone's clock may have been ahead of the server's when it was offline: no scan is made in the future.
    const now = new Date(clock.now()).toISOString()
    const given = scans.map(({ code, nonce, scannedAt, direction }) => ({
      code, nonce, scannedAt: scannedAt < now ? scannedAt : now, direction,
    }))
    const input = { eventId, deviceId: await this.store.deviceId(), scans: given }
    const { result } = await this.session.request<{ result: { results: CheckInResult[] } }>(
      syncCheckIns, { input }, PATIENCE_MS,
    )
    const byNonce = new Map(result.results.map((one) => [one.nonce, one]))
    const all: Told[] = []
    for (const scan of scans) {
      const one = byNonce.get(scan.nonce)
      if (!one) throw new NoAnswer('The server did not answer for every scan.')
      await this.store.settle(scan.nonce, memoriesOf(scan, one), troubleOf(scan, one))
      all.push({ scan, result: one })
    }
    this.told(all)
  }

  private async giveUp(scan: WaitingScan, message: string): Promise<void> {
    const { nonce, eventId, direction, scannedAt } = scan
    const trouble: Trouble = {
      nonce, eventId, direction, scannedAt, outcome: null, message, name: null, firstCheckInTime: null,
      isRecordedThoughInvalid: false,
    }
    await this.store.settle(nonce, [], wasLetPass(scan) ? trouble : null)
    this.told([{ scan, result: null }])
  }
}

/** Returns what staff must look after: the person was let pass, and should not have been. */
function troubleOf(scan: WaitingScan, result: CheckInResult): Trouble | null {
  const { outcome, firstCheckInTime, isRecordedThoughInvalid, ticket } = result
  const isFine = isPass(outcome) && !isRecordedThoughInvalid
  // Somebody who left and had not been seen coming in: there is nothing to do about it.
  if (isFine || !wasLetPass(scan) || outcome === 'NOT_INSIDE') return null
  const { nonce, eventId, direction, scannedAt } = scan
  const name = ticket?.attendee?.displayName ?? null
  return { nonce, eventId, direction, scannedAt, outcome, message: '', name, firstCheckInTime, isRecordedThoughInvalid }
}

function wasLetPass({ shown }: WaitingScan): boolean {
  return shown === 'pass' || shown === 'unsure'
}
