/**
 * What this page keeps on the phone, in IndexedDB: scans that wait for the network, what it needs to check codes
 * without it, and the results that staff must still act on. `docs/door.md` lists it; `forgetPhone` removes all of it.
 */

import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb'

import type { CheckInKey, Counts, Direction, Outcome } from './words'

/** A scan that the server has not answered yet. */
export interface WaitingScan {
  nonce: string
  eventId: string
  code: string
  /** ISO 8601, by the server's clock as far as this phone knows it. */
  scannedAt: string
  direction: Direction
  /** Whether the person was shown a pass; null while the answer of the server is awaited. */
  shown: 'pass' | 'unsure' | 'refused' | null
}

export interface KeptEvent {
  id: string
  title: string
  status: string
  eventDate: string
  endDate: string
  location: string
  key: CheckInKey
  counts: Counts | null
}

/** What this phone last learned about a ticket or a code; `subject` names it without holding the code. */
export interface Memory {
  eventId: string
  subject: string
  kind: Direction | 'REFUSED'
  outcome: Outcome | null
  /** Milliseconds since 1970. */
  at: number
}

/** A scan made offline that the server refused, or recorded with a reservation: somebody must look after it. */
export interface Trouble {
  nonce: string
  eventId: string
  direction: Direction
  scannedAt: string
  /** Null where the server could not record it: then `message` says why. */
  outcome: Outcome | null
  message: string
  name: string | null
  firstCheckInTime: string | null
  isRecordedThoughInvalid: boolean
}

interface Schema extends DBSchema {
  scans: { key: string; value: WaitingScan }
  events: { key: string; value: KeptEvent }
  memories: { key: [string, string]; value: Memory }
  troubles: { key: string; value: Trouble }
  settings: { key: string; value: string }
}

const NAME = 'mishmob-door'
const DAY_MS = 24 * 60 * 60 * 1000
/** So long after its end an event, and what was learned about its tickets, stays on the phone. */
const KEEP_EVENT_DAYS = 7
/** So long a result that nobody ticked off stays, with the attendee's name. */
const KEEP_TROUBLE_HOURS = 24

export class Store {
  private constructor(private db: IDBPDatabase<Schema>) {}

  static async open(): Promise<Store> {
    const db = await openDB<Schema>(NAME, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('scans', { keyPath: 'nonce' })
        fresh.createObjectStore('events', { keyPath: 'id' })
        fresh.createObjectStore('memories', { keyPath: ['eventId', 'subject'] })
        fresh.createObjectStore('troubles', { keyPath: 'nonce' })
        fresh.createObjectStore('settings')
      },
      // Another window forgets this phone, or has a newer page.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    })
    const store = new Store(db)
    await store.removeOld()
    return store
  }

  /** Oldest first. */
  async waiting(): Promise<WaitingScan[]> {
    const scans = await this.db.getAll('scans')
    return scans.sort((one, other) => one.scannedAt.localeCompare(other.scannedAt))
  }

  async keepScan(scan: WaitingScan): Promise<void> {
    // Strict: on the disk before a person is let pass.
    const writing = this.db.transaction('scans', 'readwrite', { durability: 'strict' })
    await Promise.all([writing.store.put(scan), writing.done])
  }

  async removeScan(nonce: string): Promise<void> {
    await this.db.delete('scans', nonce)
  }

  /** The server has answered: the scan waits no more. One transaction, so that no trouble gets lost. */
  async settle(nonce: string, memories: Memory[], trouble: Trouble | null): Promise<void> {
    const writing = this.db.transaction(['scans', 'memories', 'troubles'], 'readwrite')
    await Promise.all([
      writing.objectStore('scans').delete(nonce),
      ...memories.map((memory) => writing.objectStore('memories').put(memory)),
      trouble && writing.objectStore('troubles').put(trouble),
      writing.done,
    ])
  }

  remembered(eventId: string, subject: string): Promise<Memory | undefined> {
    return this.db.get('memories', [eventId, subject])
  }

  async remember(memory: Memory): Promise<void> {
    await this.db.put('memories', memory)
  }

  event(id: string): Promise<KeptEvent | undefined> {
    return this.db.get('events', id)
  }

  events(): Promise<KeptEvent[]> {
    return this.db.getAll('events')
  }

  async keepEvent(event: KeptEvent): Promise<void> {
    await this.db.put('events', event)
  }

  async removeEvent(id: string): Promise<void> {
    await this.db.delete('events', id)
  }

  troubles(): Promise<Trouble[]> {
    return this.db.getAll('troubles')
  }

  async removeTrouble(nonce: string): Promise<void> {
    await this.db.delete('troubles', nonce)
  }

  /** A random name of this phone, by which the event's managers can tell its scans apart. */
  async deviceId(): Promise<string> {
    const kept = await this.db.get('settings', 'deviceId')
    if (kept) return kept
    const made = `door-${randomText(8)}`
    await this.db.put('settings', made, 'deviceId')
    return made
  }

  async destroy(): Promise<void> {
    this.db.close()
    await deleteDB(NAME)
  }

  private async removeOld(): Promise<void> {
    const waiting = new Set((await this.waiting()).map(({ eventId }) => eventId))
    const isOver = ({ id, endDate }: KeptEvent) =>
      !waiting.has(id) && Date.parse(endDate) + KEEP_EVENT_DAYS * DAY_MS < Date.now()
    const over = new Set((await this.events()).filter(isOver).map(({ id }) => id))
    for (const id of over) await this.db.delete('events', id)
    for (const { eventId, subject } of over.size ? await this.db.getAll('memories') : []) {
      if (over.has(eventId)) await this.db.delete('memories', [eventId, subject])
    }
    for (const { nonce, scannedAt } of await this.troubles()) {
      if (Date.parse(scannedAt) + (KEEP_TROUBLE_HOURS / 24) * DAY_MS < Date.now()) await this.removeTrouble(nonce)
    }
  }
}

/** Returns random bytes in hexadecimal digits; `crypto.randomUUID` is missing on pages without HTTPS. */
export function randomText(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
