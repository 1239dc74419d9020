/** What the operations of this page give, and how dates are written. */

export type Direction = 'ENTRY' | 'EXIT'

export type Outcome =
  | 'ADMITTED'
  | 'EXITED'
  | 'ALREADY_CHECKED_IN'
  | 'NOT_INSIDE'
  | 'UNKNOWN_CODE'
  | 'WRONG_EVENT'
  | 'EVENT_CANCELLED'
  | 'REVOKED'
  | 'CANCELLED'
  | 'TOO_EARLY'
  | 'TOO_LATE'

export interface CheckInResult {
  __typename: 'CheckInResult'
  outcome: Outcome
  nonce: string
  recordedAt: string
  firstCheckInTime: string | null
  isRecordedThoughInvalid: boolean
  ticket: { id: string; attendee: { displayName: string } | null } | null
}

export interface CheckInKey {
  algorithm: string
  /** The `kid` of codes that were signed with this key. */
  keyId: string
  /** PEM. */
  publicKey: string
  /** What the `aud` claim of this event's codes says. */
  audience: string
}

export interface Counts {
  issued: number
  checkedIn: number
  inside: number
}

export interface DoorEvent {
  id: string
  title: string
  status: string
  eventDate: string
  endDate: string
  location: string
  /** Null for a user who may not check people in. */
  checkInKey: CheckInKey | null
  checkInSummary: Counts | null
}

const DAY: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' }
const TIME: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' }
const DAY_MS = 24 * 60 * 60 * 1000

export function clockTime(time: string | number): string {
  return new Date(time).toLocaleTimeString([], TIME)
}

/** Returns the time, with the day before it where that is not today. */
export function timeOrDay(time: string | number): string {
  const date = new Date(time)
  const isToday = date.toDateString() === new Date().toDateString()
  return isToday ? clockTime(time) : date.toLocaleString([], { ...DAY, ...TIME })
}

/** Returns such as “Sat, May 2, 6:00 PM – 9:00 PM”; the day of the end only where it lasts longer than a day. */
export function period(start: string, end: string): string {
  const [from, to] = [new Date(start), new Date(end)]
  const isShort = to.getTime() - from.getTime() < DAY_MS
  const ending = isShort ? clockTime(end) : to.toLocaleString([], { ...DAY, ...TIME })
  return `${from.toLocaleString([], { ...DAY, ...TIME })} – ${ending}`
}

export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}
