/**
 * Who is logged in on this phone. The session survives closing the page, so that it can open again at the door.
 *
 * Kept in localStorage: the refresh token and the user's name. The access token stays in memory. A session that the
 * server has ended leaves the name, so that the page can say whose log-in it waits for.
 */

import { LoggedOut, NoAnswer, PATIENCE_MS, Refusal, request } from './api'
import * as clock from './clock'
import completeMfa from './operations/complete_mfa.graphql?raw'
import logIn from './operations/log_in.graphql?raw'
import logOut from './operations/log_out.graphql?raw'
import refreshSession from './operations/refresh_session.graphql?raw'

interface AuthSession {
  __typename: 'AuthSession'
  accessToken: string
  accessExpiresAt: string
  refreshToken: string
  isMfaRequired: boolean
  user: { displayName: string }
}

export interface MfaChallenge {
  __typename: 'MfaChallenge'
  challengeToken: string
  methods: string[]
}

interface Kept {
  displayName: string
  /** Null: the server has ended the session. */
  refreshToken: string | null
}

/** `ended`: by the server, not by the user, who may go on scanning offline. */
export type SessionState = 'none' | 'active' | 'ended'

const KEY = 'mishmob:door:session'
const LOCK = 'mishmob:door:session'
/**
 * How long the page waits for a new token after it has stopped waiting with the request that needs it. A refresh token
 * whose answer was lost works again for ten seconds only; later it counts as stolen, and the server ends the session.
 */
const RENEWAL_PATIENCE_MS = 60_000
/** A token with less life than this is exchanged before it is used: the page asks something once a minute. */
const MARGIN_MS = 90_000
const DEVICE_NAME = 'Check-in page'
const MFA_MISSING =
  'Your role needs a second factor, which is not set up yet. Set it up in the app that you log in with, then log in here.'

export class Session {
  private access: { token: string; expiresAt: number } | null = null
  private renewal: Promise<void> | null = null
  private listeners = new Set<() => void>()

  constructor(private endpoint: string) {
    // Another window of this page logged in or out.
    addEventListener('storage', ({ key }) => {
      if (key === KEY || key === null) this.tell()
    })
  }

  get state(): SessionState {
    const kept = this.kept()
    if (!kept) return 'none'
    return kept.refreshToken ? 'active' : 'ended'
  }

  get displayName(): string {
    return this.kept()?.displayName ?? ''
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener)
  }

  /** Returns the challenge where the account has a second factor, else null: the session has begun. */
  async logIn(email: string, password: string): Promise<MfaChallenge | null> {
    const result = await this.ask(logIn, { email, password, deviceName: DEVICE_NAME })
    if (result.__typename === 'MfaChallenge') return result
    this.begin(result)
    return null
  }

  async completeMfa({ challengeToken }: MfaChallenge, code: string): Promise<void> {
    this.begin((await this.ask(completeMfa, { challengeToken, code })) as AuthSession)
  }

  /** Ends the session here, and on the server if that answers. */
  async logOut(): Promise<void> {
    const refreshToken = this.kept()?.refreshToken
    const authorization = this.access && `Bearer ${this.access.token}`
    this.access = null
    localStorage.removeItem(KEY)
    this.tell()
    if (!refreshToken) return
    await request(this.endpoint, logOut, { input: { refreshToken } }, authorization).catch(() => undefined)
  }

  /** Returns the `Authorization` for a request. Fails with `LoggedOut`, or `NoAnswer` without network. */
  async authorization(patience = PATIENCE_MS): Promise<string> {
    if (!this.access || this.access.expiresAt - clock.now() < MARGIN_MS) await this.renew(patience)
    if (!this.access) throw new LoggedOut('Log in first.')
    return `Bearer ${this.access.token}`
  }

  /** Asks with the session. Should the server not take the token, it is renewed once. */
  async request<Data>(query: string, variables: Record<string, unknown>, patience = PATIENCE_MS): Promise<Data> {
    try {
      return await request(this.endpoint, query, variables, await this.authorization(patience), patience)
    } catch (error) {
      if (!(error instanceof LoggedOut) || this.state !== 'active') throw error
      this.distrust()
      return request(this.endpoint, query, variables, await this.authorization(patience), patience)
    }
  }

  /** The server did not take the access token: the next request begins with a new one. */
  distrust(): void {
    this.access = null
  }

  /** Waits for the new token as long as the patience lasts; it is kept whenever it arrives. */
  private async renew(patience: number): Promise<void> {
    this.renewal ??= this.exchangeInTurn().finally(() => {
      this.renewal = null
    })
    let timer: number | undefined
    const tooSlow = new Promise<never>((_, reject) => {
      timer = window.setTimeout(() => reject(new NoAnswer('The server does not answer.')), patience)
    })
    await Promise.race([this.renewal, tooSlow]).finally(() => clearTimeout(timer))
  }

  /** One window of this page at a time, as each refresh token works once. */
  private async exchangeInTurn(): Promise<void> {
    if (!navigator.locks) return this.exchange() // a page without HTTPS has no locks
    await navigator.locks.request(LOCK, () => this.exchange())
  }

  private async exchange(): Promise<void> {
    if (this.access && this.access.expiresAt - clock.now() >= MARGIN_MS) return // while this one waited for the lock
    const kept = this.kept()
    if (!kept?.refreshToken) throw new LoggedOut('Log in first.')
    try {
      this.begin((await this.ask(refreshSession, { refreshToken: kept.refreshToken }, RENEWAL_PATIENCE_MS)) as AuthSession)
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof LoggedOut)) throw error
      // Somebody may have logged in or out meanwhile, in another window.
      if (this.kept()?.refreshToken === kept.refreshToken) this.keep({ ...kept, refreshToken: null })
      throw new LoggedOut('Your session has ended. Log in again.')
    }
  }

  private async ask(
    query: string,
    input: Record<string, string>,
    patience = PATIENCE_MS,
  ): Promise<AuthSession | MfaChallenge> {
    const data = await request<{ result: AuthSession | MfaChallenge }>(this.endpoint, query, { input }, null, patience)
    return data.result
  }

  private begin(session: AuthSession): void {
    if (session.isMfaRequired) throw new Refusal('MFA_REQUIRED', MFA_MISSING)
    this.access = { token: session.accessToken, expiresAt: Date.parse(session.accessExpiresAt) }
    this.keep({ displayName: session.user.displayName, refreshToken: session.refreshToken })
  }

  private kept(): Kept | null {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Kept | null
  }

  private keep(kept: Kept): void {
    const before = this.state
    localStorage.setItem(KEY, JSON.stringify(kept))
    if (this.state !== before) this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}

/** Why a log-in failed, in a sentence. */
export function inWords(error: unknown): string {
  if (error instanceof NoAnswer && !error.retryAfter) return 'The server does not answer. Try again when there is network.'
  return error instanceof Error ? error.message : String(error)
}
