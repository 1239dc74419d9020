/** The operations of both clients beside the subscription. */

export const START = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { __typename ... on Conversation { id } ... on OperationInfo { messages { code } } }
}`

export const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ... on Message { id sequence } ... on OperationInfo { messages { code } } }
}`
