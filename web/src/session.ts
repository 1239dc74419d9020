/**
 * Who this window is logged in as: by one click as a demo user, or with a password; the session then renews itself.
 *
 * The tokens stay in this window (sessionStorage), so that two windows can be two people.
 */

import { post } from './http'

export interface Session {
  email: string
  displayName: string
  accessToken: string
  /** ISO 8601; five minutes after the token was given. */
  accessExpiresAt: string
  refreshToken: string
}

export interface SessionState {
  session: Session | null
  /** What a person should know about the last attempt, in a sentence. */
  problem: string | null
}

interface AuthSession {
  __typename: 'AuthSession'
  accessToken: string
  accessExpiresAt: string
  refreshToken: string
  user: { displayName: string }
}

interface OperationInfo {
  __typename: 'OperationInfo'
  messages: { message: string }[]
}

/** Renewing this early leaves a token time to arrive; it is also the pause between two renewals at the least. */
const MARGIN_MS = 30_000

const RESULT = `
  __typename
  ... on AuthSession { accessToken accessExpiresAt refreshToken user { displayName } }
  ... on OperationInfo { messages { message } }
`
const LOG_IN = `mutation ($input: LogInInput!) { result: logIn(input: $input) { ${RESULT} } }`
const DEMO_LOG_IN = `mutation ($input: DevLogInInput!) { result: devLogIn(input: $input) { ${RESULT} } }`
const RENEW = `mutation ($input: RefreshSessionInput!) { result: refreshSession(input: $input) { ${RESULT} } }`
const LOG_OUT = `mutation ($input: LogOutInput!) { result: logOut(input: $input) { __typename } }`

/** The bar asks for no codes; `completeMfa` can be run in the editor, and its token be written into Headers. */
const SECOND_FACTOR = 'This account has a second factor: run logIn and completeMfa, and write the token into Headers.'

/** The server's own "no", as opposed to no answer. */
class Refusal extends Error {}

export class SessionKeeper {
  private state: SessionState
  private listeners = new Set<() => void>()
  private renewal: Promise<void> | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private endpoint: string,
    private storageKey = 'mishmob:session',
  ) {
    const text = sessionStorage.getItem(storageKey)
    this.state = { session: text ? (JSON.parse(text) as Session) : null, problem: null }
    this.scheduleRenewal()
  }

  /** With `getState`, the pair that React's useSyncExternalStore wants. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  getState = (): SessionState => this.state

  /** What an `Authorization` header should say now; null when nobody is logged in. */
  async authorization(): Promise<string | null> {
    const { session } = this.state
    if (session && timeLeft(session) < MARGIN_MS) await this.renew()
    return this.state.session && `Bearer ${this.state.session.accessToken}`
  }

  /** Without a password it is the log-in of demo users, which only servers with DEBUG have. */
  async logIn(email: string, password?: string): Promise<void> {
    const previous = this.state.session
    const [mutation, input] =
      password === undefined ? [DEMO_LOG_IN, { email }] : [LOG_IN, { email, password, deviceName: 'GraphiQL' }]
    try {
      this.change({ session: await this.ask(mutation, input, email), problem: null })
      if (previous) this.end(previous)
    } catch (error) {
      this.change({ session: this.state.session, problem: `Not logged in. ${(error as Error).message}` })
    }
  }

  logOut(): void {
    const { session } = this.state
    this.change({ session: null, problem: null })
    if (session) this.end(session)
  }

  /** Exchanges the tokens for new ones; many callers at once share one exchange. */
  renew(): Promise<void> {
    this.renewal ??= this.exchange().finally(() => {
      this.renewal = null
    })
    return this.renewal
  }

  private async exchange(): Promise<void> {
    const { session } = this.state
    if (!session) return
    let next: SessionState
    try {
      next = { session: await this.ask(RENEW, { refreshToken: session.refreshToken }, session.email), problem: null }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      next = { session: null, problem: `The session of ${session.displayName} has ended. Please log in again.` }
    }
    // Someone may have logged in or out while the server was thinking.
    if (this.state.session === session) this.change(next)
  }

  private async ask(query: string, input: Record<string, string>, email: string): Promise<Session> {
    const { result } = await post(this.endpoint, { query, variables: { input } })
    if (!result.data) throw new Error(result.errors?.[0]?.message ?? 'The server gave neither data nor errors.')
    const outcome = result.data.result as AuthSession | OperationInfo | { __typename: 'MfaChallenge' }
    if (outcome.__typename === 'OperationInfo') throw new Refusal(outcome.messages.map((m) => m.message).join(' '))
    if (outcome.__typename === 'MfaChallenge') throw new Refusal(SECOND_FACTOR)
    const { accessToken, accessExpiresAt, refreshToken, user } = outcome
    return { email, displayName: user.displayName, accessToken, accessExpiresAt, refreshToken }
  }

  /** Tells the server. Should that fail, the tokens are forgotten here, and run out there. */
  private end({ accessToken, refreshToken }: Session): void {
    const params = { query: LOG_OUT, variables: { input: { refreshToken } } }
    post(this.endpoint, params, { Authorization: `Bearer ${accessToken}` }).catch(() => undefined)
  }

  private change(state: SessionState): void {
    this.state = state
    if (state.session) sessionStorage.setItem(this.storageKey, JSON.stringify(state.session))
    else sessionStorage.removeItem(this.storageKey)
    this.scheduleRenewal()
    for (const listener of this.listeners) listener()
  }

  private scheduleRenewal(): void {
    clearTimeout(this.timer)
    const { session } = this.state
    if (!session) return
    // A clock that runs ahead of the server's sees every token as old: the least pause keeps it from asking nonstop.
    const pause = Math.max(timeLeft(session) - MARGIN_MS, MARGIN_MS)
    this.timer = setTimeout(() => this.renew().catch(() => this.scheduleRenewal()), pause)
  }
}

function timeLeft(session: Session): number {
  return Date.parse(session.accessExpiresAt) - Date.now()
}
