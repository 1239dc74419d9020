/**
 * Logs in as an app does that got an ID token: `node clients/log_in_with_provider.mjs API PROVIDER_ADDRESS CLIENT_ID REDIRECT NAME`.
 *
 * It follows the provider's pages as a browser would, and prints what `logInWithProvider` answers, twice: the second
 * time with the same token.
 */

import { randomBytes } from 'node:crypto'

const [api, provider, clientId, redirect, name] = process.argv.slice(2)
const cookies = new Map()

const LOG_IN = `mutation LogInWithProvider($input: LogInWithProviderInput!) {
  logInWithProvider(input: $input) {
    __typename
    ... on AuthSession { accessToken user { email displayName linkedProviders } }
    ... on OperationInfo { messages { code message } }
  }
}`

/** Sends a request with the cookies so far, and keeps those of the response. */
async function visit(url, form) {
  const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ')
  const response = await fetch(url, {
    method: form ? 'POST' : 'GET',
    body: form && new URLSearchParams(form),
    headers: { cookie },
    redirect: 'manual',
  })
  for (const line of response.headers.getSetCookie()) {
    const [pair] = line.split(';')
    cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  }
  return response
}

/** Goes from page to page until the provider sends the browser back to the app. */
async function getIdToken(nonce) {
  const question = { client_id: clientId, response_type: 'id_token', redirect_uri: redirect, nonce, state: 'app' }
  let url = `${provider}/auth?${new URLSearchParams({ ...question, scope: 'openid email profile' })}`
  for (;;) {
    let response = await visit(url)
    if (response.status === 200) {
      const prompt = (await response.text()).match(/name="prompt" value="(\w+)"/)[1]
      response = await visit(url, { prompt, login: name, password: 'any' })
    }
    url = new URL(response.headers.get('location'), url).href
    if (url.startsWith(redirect)) return new URLSearchParams(new URL(url).hash.slice(1)).get('id_token')
  }
}

async function logIn(input) {
  const body = JSON.stringify({ query: LOG_IN, variables: { input } })
  const response = await fetch(`${api}/graphql/`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  return (await response.json()).data.logInWithProvider
}

const nonce = randomBytes(16).toString('hex')
const input = { provider: 'GOOGLE', idToken: await getIdToken(nonce), nonce, deviceName: 'A phone' }
console.log(JSON.stringify([await logIn(input), await logIn(input)]))
