/** A person whose frontend uses `graphql-ws` alone, for mutations too: what waits while the server is away is sent
 * when it is back, and the `clientId` keeps a message that was sent twice from being two. */

import type { Client } from 'graphql-ws'

import { connect, follow } from '../src/chat/follow'
import { SEND, START } from './operations'
import { authorization } from './session'
import { loseTheNextEvent, obey, socketUrl, tell } from './talk'

const client = connect(socketUrl, authorization, { on: { connected: () => tell({ connected: true }) } })

async function ask(client: Client, query: string, input: Record<string, unknown>): Promise<Record<string, any>> {
  for await (const { data, errors } of client.iterate({ query, variables: { input } })) {
    if (!data) throw new Error(JSON.stringify(errors))
    return Object.values(data)[0] as Record<string, any>
  }
  throw new Error('the operation ended without a result')
}

await obey({
  logIn: authorization,
  start: async ({ peer }) => {
    const { id } = await ask(client, START, { participantIds: [peer], isGroup: true, title: 'By graphql-ws and Apollo' })
    tell({ conversation: id })
  },
  follow: ({ conversation }) => follow(client, conversation!, (event) => tell({ event })),
  say: async ({ conversation, content }) => {
    const input = { conversationId: conversation, content, clientId: crypto.randomUUID() }
    tell({ sent: await ask(client, SEND, input) })
  },
  lose: loseTheNextEvent,
})
