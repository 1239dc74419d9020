/** The tabs a newcomer finds: each a file beside its variables, so that a test can hold them against the schema. */

import checkIn from './examples/check_in.graphql?raw'
import checkInVariables from './examples/check_in.variables.jsonc?raw'
import conversationEvents from './examples/conversation_events.graphql?raw'
import conversationEventsVariables from './examples/conversation_events.variables.jsonc?raw'
import conversations from './examples/conversations.graphql?raw'
import events from './examples/events.graphql?raw'
import me from './examples/me.graphql?raw'
import opportunities from './examples/opportunities.graphql?raw'
import sendMessage from './examples/send_message.graphql?raw'
import sendMessageVariables from './examples/send_message.variables.jsonc?raw'

export const examples = [
  { query: opportunities },
  { query: me },
  { query: events },
  { query: checkIn, variables: checkInVariables },
  { query: conversations },
  { query: conversationEvents, variables: conversationEventsVariables },
  { query: sendMessage, variables: sendMessageVariables },
]
