/** Answers at the door, in words that a volunteer can act on. */

import type { Memory, Trouble } from './store'
import { clockTime, timeOrDay, type CheckInResult, type Direction, type Outcome } from './words'

export type Tone = 'good' | 'bad' | 'unsure'

export interface Answer {
  tone: Tone
  title: string
  detail: string
  name: string | null
  /** Not from the server: it will check the scan later. */
  isOffline: boolean
}

/** When the door is open: from 2 hours before the event to 2 hours after it, as the server has it. */
const MARGIN_MS = 2 * 60 * 60 * 1000

export interface Times {
  eventDate: string
  endDate: string
}

const PASSES: Outcome[] = ['ADMITTED', 'EXITED']

export function isPass(outcome: Outcome): boolean {
  return PASSES.includes(outcome)
}

/** Whether the door is open at this time, in milliseconds since 1970. */
export function timeliness(times: Times, at: number): 'TOO_EARLY' | 'TOO_LATE' | null {
  if (at < Date.parse(times.eventDate) - MARGIN_MS) return 'TOO_EARLY'
  return at > Date.parse(times.endDate) + MARGIN_MS ? 'TOO_LATE' : null
}

/** What the server decided. */
export function answerOf(result: CheckInResult, times: Times): Answer {
  const [title, detail] = OUTCOMES[result.outcome](result, times)
  return {
    tone: isPass(result.outcome) ? 'good' : 'bad',
    title,
    detail,
    name: result.ticket?.attendee?.displayName ?? null,
    isOffline: false,
  }
}

type Said = Pick<CheckInResult, 'recordedAt' | 'firstCheckInTime'>
type Words = (said: Said, times: Times) => [string, string]

const OUTCOMES: Record<Outcome, Words> = {
  ADMITTED: ({ recordedAt, firstCheckInTime }) => [
    'Come in',
    firstCheckInTime && Date.parse(recordedAt) - Date.parse(firstCheckInTime) > 60_000
      ? `Back again. First came in at ${timeOrDay(firstCheckInTime)}.`
      : `Checked in at ${clockTime(recordedAt)}.`,
  ],
  EXITED: ({ recordedAt }) => ['Checked out', `Left at ${clockTime(recordedAt)}.`],
  ALREADY_CHECKED_IN: ({ firstCheckInTime }) => [
    'Already inside',
    `This ticket first came in${firstCheckInTime ? ` at ${timeOrDay(firstCheckInTime)}` : ' before'}. ` +
      'Nobody else can come in with it.',
  ],
  NOT_INSIDE: () => ['Not inside', 'This ticket has not come in, or went out before. There is nobody to check out.'],
  UNKNOWN_CODE: () => ['Not a ticket', 'No ticket has this code. Scan it again, or type the code below the QR image.'],
  WRONG_EVENT: () => ['Another event', 'This ticket is for another event. Look at the title and the date on it.'],
  EVENT_CANCELLED: () => ['Event canceled', 'This event was canceled. Nobody can be checked in.'],
  REVOKED: () => [
    'Code not valid',
    'This code was replaced, or the ticket was revoked. Ask to see the newest ticket, or send the person to the organizer.',
  ],
  CANCELLED: () => ['Ticket canceled', 'This ticket was canceled. The person can claim another one if tickets are left.'],
  TOO_EARLY: (_said, { eventDate }) => [
    'Too early',
    `Check-in opens at ${timeOrDay(Date.parse(eventDate) - MARGIN_MS)}.`,
  ],
  TOO_LATE: (_said, { endDate }) => ['Too late', `Check-in ended at ${timeOrDay(Date.parse(endDate) + MARGIN_MS)}.`],
}

/** The server refused the request itself. */
export function refusal(message: string): Answer {
  return { tone: 'bad', title: 'Not checked in', detail: message, name: null, isOffline: false }
}

/** The QR code or the typed text cannot be a ticket of any event. */
export const foreign: Answer = {
  tone: 'bad',
  title: 'Not a ticket',
  detail: 'This QR code belongs to something else. Ask for the ticket from the mail or the app.',
  name: null,
  isOffline: false,
}

/** The phone checked the signature, and knows nothing against the ticket. */
export function genuine(direction: Direction): Answer {
  const title = direction === 'ENTRY' ? 'Come in' : 'Checked out'
  return offline('good', title, 'This is a genuine ticket for this event.')
}

export function cannotTell(why: 'typed' | 'unknown-key'): Answer {
  const reason =
    why === 'typed'
      ? 'A typed code cannot be checked without network.'
      : 'This phone does not have the key that this code was signed with.'
  return offline('unsure', 'Not checked yet', `${reason} Decide by what the person shows you.`)
}

export function alreadyHere({ kind, at }: Memory): Answer {
  const way = kind === 'ENTRY' ? 'came in' : 'went out'
  return offline('bad', 'Already scanned here', `This ticket ${way} at ${timeOrDay(at)}, as far as this phone knows.`)
}

/** What the phone can refuse alone: the server would answer the same. */
export function refusedOffline(outcome: Outcome, times: Times, learnedAt?: number): Answer {
  const [title, detail] = OUTCOMES[outcome]({ recordedAt: '', firstCheckInTime: null }, times)
  const source = learnedAt ? ` (Checked at ${timeOrDay(learnedAt)}.)` : ''
  return offline('bad', title, detail + source)
}

export const forged = offline(
  'bad',
  'Not genuine',
  'The signature of this code is wrong. Scan it again; if that does not help, it is not a ticket of ours.',
)

export const notKept: Answer = {
  tone: 'bad',
  title: 'Not recorded',
  detail: 'There is no network, and this phone could not keep the scan. Free some storage, or use another phone.',
  name: null,
  isOffline: false,
}

function offline(tone: Tone, title: string, detail: string): Answer {
  return { tone, title, detail, name: null, isOffline: true }
}

/** Returns what turned out about a scan made offline, as a sentence after the name. */
export function troubleInWords(trouble: Trouble): string {
  if (!trouble.outcome) return `could not be recorded: ${trouble.message}`
  if (trouble.isRecordedThoughInvalid) return 'was let through, but the ticket is not valid any more.'
  return TROUBLES[trouble.outcome](trouble)
}

const TROUBLES: Record<Outcome, (trouble: Trouble) => string> = {
  ADMITTED: () => 'was let in.',
  EXITED: () => 'was checked out.',
  ALREADY_CHECKED_IN: ({ firstCheckInTime }) =>
    `was inside already${firstCheckInTime ? `, since ${timeOrDay(firstCheckInTime)}` : ''}: two people may have used this ticket.`,
  NOT_INSIDE: () => 'was not inside.',
  UNKNOWN_CODE: () => 'has no ticket: no ticket has this code.',
  WRONG_EVENT: () => 'has a ticket for another event.',
  EVENT_CANCELLED: () => 'was let in, but the event was canceled.',
  REVOKED: () => 'has a code that was replaced, or a ticket that was revoked.',
  CANCELLED: () => 'has a canceled ticket.',
  TOO_EARLY: () => 'was scanned too early.',
  TOO_LATE: () => 'was scanned too late.',
}
