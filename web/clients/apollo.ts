/** A person whose frontend uses Apollo: mutations over HTTP, subscriptions over `graphql-ws`, both until they work. */

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { SetContextLink } from '@apollo/client/link/context'
import { RetryLink } from '@apollo/client/link/retry'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'

import { connect, conversationEvents, keep, type ConversationEvent, type EventSink } from '../src/chat/follow'
import { SEND, START } from './operations'
import { authorization, currentAuthorization } from './session'
import { loseTheNextEvent, obey, socketUrl, tell, url } from './talk'

const sockets = connect(socketUrl, authorization, { on: { connected: () => tell({ connected: true }) } })

/** The variables go out again at each connection: those in the context are read then. */
const resume = new ApolloLink((operation, forward) => {
  const { lazily } = operation.getContext() as { lazily?: PropertyDescriptorMap }
  operation.variables = Object.defineProperties({ ...operation.variables }, lazily ?? {})
  return forward(operation)
})
const http = ApolloLink.from([
  new RetryLink({ delay: { initial: 200, max: 1000 }, attempts: { max: Infinity } }),
  new SetContextLink(async () => ({ headers: { Authorization: await currentAuthorization() } })),
  new HttpLink({ uri: `${url}/graphql/` }),
])
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    resume.concat(new GraphQLWsLink(sockets)),
    http,
  ),
})

async function ask(mutation: string, input: Record<string, unknown>): Promise<Record<string, any>> {
  const { data } = await client.mutate<Record<string, any>>({ mutation: gql(mutation), variables: { input } })
  return Object.values(data!)[0]
}

function follow(conversationId: string): void {
  let seen = 0
  const lazily = { afterSequence: { enumerable: true, get: () => seen } }
  const options = {
    query: gql(conversationEvents),
    variables: { conversationId },
    context: { lazily },
    fetchPolicy: 'no-cache' as const,
  }
  const subscribe = ({ next, ...ends }: EventSink) => {
    const events = client.subscribe<{ conversationEvents: ConversationEvent }>(options)
    const subscription = events.subscribe({
      ...ends,
      next: ({ data, error }) => {
        if (error) tell({ failed: 'follow', error: String(error) })
        next({ data: data ?? null, errors: CombinedGraphQLErrors.is(error) ? error.errors : undefined })
      },
    })
    return () => subscription.unsubscribe()
  }
  keep(sockets, conversationId, subscribe, () => seen, (event) => {
    seen = event.sequence ?? seen
    tell({ event })
  })
}

await obey({
  logIn: authorization,
  start: async ({ peer }) => {
    const { id } = await ask(START, { participantIds: [peer], isGroup: true })
    tell({ conversation: id })
  },
  follow: ({ conversation }) => follow(conversation!),
  say: async ({ conversation, content }) => {
    const input = { conversationId: conversation, content, clientId: crypto.randomUUID() }
    tell({ sent: await ask(SEND, input) })
  },
  lose: loseTheNextEvent,
})
