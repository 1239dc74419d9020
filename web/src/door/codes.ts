/** Codes of tickets: the signed ones in QR images, which can be checked without network, and the short ones to type. */

import { hashes, verify } from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'

import type { CheckInKey } from './words'

hashes.sha512 = sha512

/** 16 Base32 characters. */
export const TYPED_LENGTH = 16
/** The server's codes have about 300 characters. */
const MAX_SIGNED_LENGTH = 1000

export type Code =
  | { kind: 'signed'; text: string }
  | { kind: 'typed'; text: string }
  /** Not a ticket of any event. */
  | { kind: 'foreign' }

/** What the phone alone can say about a signed code. */
export type Verdict =
  | { kind: 'genuine'; ticket: string }
  | { kind: 'forged' | 'other-event' }
  /** Signed with a key that this phone does not have: only the server can tell. */
  | { kind: 'unknown-key' }

/** Returns the code in its usual form: typed ones in any case, with spaces or dashes, 0 for O, 1 for I, 8 for B. */
export function readCode(given: string): Code {
  const text = given.trim()
  if (text.length <= MAX_SIGNED_LENGTH && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return { kind: 'signed', text }
  const typed = usualLetters(text)
  return typed.length === TYPED_LENGTH && /^[A-Z2-7]+$/.test(typed) ? { kind: 'typed', text: typed } : { kind: 'foreign' }
}

export function usualLetters(given: string): string {
  const replaced: Record<string, string> = { 0: 'O', 1: 'I', 8: 'B' }
  return given
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, '')
    .replace(/[018]/g, (digit) => replaced[digit]!)
}

/** Returns the code in groups of four, as it is printed on tickets. */
export function grouped(typed: string): string {
  return (typed.match(/.{1,4}/g) ?? []).join('-')
}

/** Names a code in the phone's memory without holding it. */
export function subjectOf(text: string): string {
  return `code-${hex(sha256(new TextEncoder().encode(text))).slice(0, 32)}`
}

/** Checks the signature, and that the code is for this event. Nobody is asked. */
export async function check(text: string, key: CheckInKey): Promise<Verdict> {
  const [head, body, signature] = text.split('.') as [string, string, string]
  const header = parse(head)
  if (header?.alg !== 'EdDSA' || header.typ !== 'ticket+jwt') return { kind: 'forged' }
  if (header.kid !== key.keyId) return { kind: 'unknown-key' }
  const signed = new TextEncoder().encode(`${head}.${body}`)
  const given = fromBase64Url(signature)
  // The last letter has bits that no byte takes: without them it would be the same signature, and another code.
  if (toBase64Url(given) !== signature || !(await isSigned(given, signed, rawKey(key.publicKey)))) return { kind: 'forged' }
  const claims = parse(body)
  if (claims?.aud !== key.audience) return { kind: 'other-event' }
  return typeof claims.sub === 'string' ? { kind: 'genuine', ticket: claims.sub } : { kind: 'forged' }
}

/** Returns the ticket that a code names, without checking it: for codes that the server has answered. */
export function ticketOf(text: string): string | null {
  const ticket = parse(text.split('.')[1] ?? '')?.sub
  return typeof ticket === 'string' ? ticket : null
}

/** By the browser where it knows Ed25519, else by a library. */
async function isSigned(signature: Uint8Array, message: Uint8Array, raw: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', raw as BufferSource, 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, signature as BufferSource, message as BufferSource)
  } catch {
    // `subtle` is missing on pages without HTTPS, and the algorithm in older browsers.
  }
  try {
    return verify(signature, message, raw, { zip215: false })
  } catch {
    return false // of the wrong length
  }
}

/** Returns the 32 bytes at the end of a SubjectPublicKeyInfo in PEM. */
function rawKey(pem: string): Uint8Array {
  const body = pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '')
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)).slice(-32)
}

function parse(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(part)))
    return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown> | null) : null
  } catch {
    return null
  }
}

function fromBase64Url(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
