/** The slim bar above the editor: one click makes you a demo user. */

import { useSyncExternalStore } from 'react'

import type { DemoUser } from './page_config'
import type { SessionKeeper } from './session'

export function LogInBar({ users, sessions }: { users: DemoUser[]; sessions: SessionKeeper }) {
  const { session, problem } = useSyncExternalStore(sessions.subscribe, sessions.getState)
  return (
    <nav className="log-in-bar" aria-label="Demo log-in">
      <span id="log-in-as">Log in as</span>
      <span className="log-in-choices" role="group" aria-labelledby="log-in-as">
        {users.map(({ label, email }) => (
          <button
            key={email}
            type="button"
            title={email}
            aria-pressed={session?.email === email}
            onClick={() => void sessions.logIn(email)}
          >
            {label}
          </button>
        ))}
      </span>
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
