/** The server's time: clocks of phones differ, and the time of an offline scan decides what it means. */

const KEY = 'mishmob:door:clock'
/** `Date` headers have whole seconds and travel: a smaller difference says nothing. */
const NOTICEABLE_MS = 5_000

let ahead = Number(localStorage.getItem(KEY) ?? 0)

export function learn(dateHeader: string | null): void {
  const sent = Date.parse(dateHeader ?? '')
  if (Number.isNaN(sent)) return
  const difference = sent - Date.now()
  const known = Math.abs(difference) < NOTICEABLE_MS ? 0 : difference
  if (Math.abs(known - ahead) < NOTICEABLE_MS) return
  ahead = known
  localStorage.setItem(KEY, String(ahead))
}

/** Returns milliseconds since 1970, as the server counts them. */
export function now(): number {
  return Date.now() + ahead
}

export function forget(): void {
  ahead = 0
  localStorage.removeItem(KEY)
}
