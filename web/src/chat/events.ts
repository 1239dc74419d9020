/** What `conversation_events.graphql` asks for. */

export interface Person {
  id: string
  displayName: string
}

export interface Message {
  id: string
  sequence: number
  clientId: string
  content: string
  sentAt: string
  editedAt: string | null
  isDeleted: boolean
  sender: Person | null
}

/** Events of the log have a sequence; typing and receipts come live only and have none. */
export type ConversationEvent =
  | { __typename: 'MessageSent' | 'MessageEdited'; sequence: number; message: Message }
  | { __typename: 'MessageDeleted'; sequence: number; messageId: string }
  | { __typename: 'MessageReacted'; sequence: number; messageId: string; emoji: string; count: number }
  | { __typename: 'ParticipantsChanged'; sequence: number; participants: Person[] }
  | { __typename: 'ConversationRead'; sequence?: undefined; reader: { id: string }; upToSequence: number }
  | { __typename: 'ParticipantTyping'; sequence?: undefined; participant: { id: string }; isTyping: boolean }
