/** The slim bar above the editor: one click makes you a demo user; where there are none, you give your password. */

import { useSyncExternalStore, type FormEvent } from 'react'

import type { DemoUser } from './page_config'
import type { SessionKeeper } from './session'

export function LogInBar({ users, sessions }: { users: DemoUser[]; sessions: SessionKeeper }) {
  const { session, problem } = useSyncExternalStore(sessions.subscribe, sessions.getState)
  return (
    <nav className="log-in-bar" aria-label={users.length ? 'Demo log-in' : 'Log-in'}>
      {users.length > 0 && <DemoLogIn users={users} email={session?.email} sessions={sessions} />}
      {!users.length && !session && <PasswordLogIn sessions={sessions} />}
      <span className={problem ? 'log-in-status is-problem' : 'log-in-status'} role="status">
        {problem ?? (session ? `You are ${session.displayName}` : 'Nobody is logged in')}
      </span>
      {session && (
        <button type="button" onClick={() => sessions.logOut()}>
          Log out
        </button>
      )}
    </nav>
  )
}

function DemoLogIn({ users, email, sessions }: { users: DemoUser[]; email?: string; sessions: SessionKeeper }) {
  return (
    <>
      <span id="log-in-as">Log in as</span>
      <span className="log-in-choices" role="group" aria-labelledby="log-in-as">
        {users.map((user) => (
          <button
            key={user.email}
            type="button"
            title={user.email}
            aria-pressed={email === user.email}
            onClick={() => void sessions.logIn(user.email)}
          >
            {user.label}
          </button>
        ))}
      </span>
    </>
  )
}

/** The cookie of the admin opens this page; what is asked here is asked with a token, like any frontend's. */
function PasswordLogIn({ sessions }: { sessions: SessionKeeper }) {
  const logIn = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    void sessions.logIn(String(given.get('email')), String(given.get('password')))
  }
  return (
    <form className="log-in-form" onSubmit={logIn}>
      <input name="email" type="email" required autoComplete="username" placeholder="E-mail" aria-label="E-mail" />
      <input
        name="password"
        type="password"
        required
        autoComplete="current-password"
        placeholder="Password"
        aria-label="Password"
      />
      <button type="submit">Log in</button>
    </form>
  )
}
