/**
 * A real OpenID provider that stands in for those of log-ins: `node clients/open_id_provider.mjs PORT CLIENT_ID REDIRECT…`.
 *
 * Its own pages let anybody log in under any name; NAME has the address NAME@people.example, which is verified.
 */

import { createServer } from 'node:http'

import Provider from 'oidc-provider'

const [port, clientId, ...redirects] = process.argv.slice(2)
const address = `http://127.0.0.1:${port}`

const provider = new Provider(address, {
  clients: [
    {
      client_id: clientId,
      client_secret: `${clientId}-secret`,
      redirect_uris: redirects,
      response_types: ['code', 'id_token'],
      grant_types: ['authorization_code', 'implicit'],
      token_endpoint_auth_method: 'client_secret_post',
      application_type: 'native',
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
  conformIdTokenClaims: false,
  responseTypes: ['code', 'id_token'],
  pkce: { required: () => false },
  findAccount: (_, name) => ({
    accountId: name,
    claims: () => ({ sub: name, name: `${name} of ${clientId}`, email: `${name}@people.example`, email_verified: true }),
  }),
})

const answer = provider.callback()
createServer((request, response) => {
  request.url = request.url.replace('/oauth/.well-known/', '/.well-known/') // where LinkedIn has it
  answer(request, response)
}).listen(Number(port), '127.0.0.1', () => console.log('ready'))
