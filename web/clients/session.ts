/** A session that outlives its tokens and the server's restarts. */

import { email, tell, url } from './talk'

interface Session {
  accessToken: string
  refreshToken: string
  user: { id: string }
}

const FIELDS = '{ __typename ... on AuthSession { accessToken refreshToken user { id } } }'
const LOG_IN = `mutation ($input: DevLogInInput!) { session: devLogIn(input: $input) ${FIELDS} }`
const RENEW = `mutation ($input: RefreshSessionInput!) { session: refreshSession(input: $input) ${FIELDS} }`

let session: Session | undefined

/** What an `Authorization` should say now; each time by a new token, as if the one before had run out. */
export async function authorization(): Promise<string> {
  session = session
    ? await begin(RENEW, { refreshToken: session.refreshToken })
    : await begin(LOG_IN, { email })
  tell({ token: session.accessToken, userId: session.user.id })
  return `Bearer ${session.accessToken}`
}

/** The token at hand, as it is. */
export async function currentAuthorization(): Promise<string> {
  return session ? `Bearer ${session.accessToken}` : authorization()
}

/** The reply may be lost with the server: a refresh token may be used again for ten seconds. */
async function begin(query: string, input: Record<string, string>): Promise<Session> {
  for (;;) {
    try {
      const body = JSON.stringify({ query, variables: { input } })
      const answer = await fetch(`${url}/graphql/`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
      const { data } = (await answer.json()) as { data: { session: Session } }
      return data.session
    } catch {
      await new Promise((done) => setTimeout(done, 200))
    }
  }
}
