"""The operations of the contract's messaging part, as a frontend sends them."""

FRAGMENTS = """
fragment Problems on OperationInfo { messages { kind code field message } }
fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }
fragment MessageFields on Message {
  id sequence clientId content sentAt editedAt isDeleted
  sender { id displayName }
  attachments { id filename contentType size url }
}
fragment ConversationFields on Conversation {
  id title isGroup createdAt lastSequence unreadCount
  participants { id displayName }
  lastMessage { ...MessageFields }
}
fragment ConversationEventFields on ConversationEvent {
  __typename
  ... on MessageSent { sequence message { ...MessageFields } }
  ... on MessageEdited { sequence message { ...MessageFields } }
  ... on MessageDeleted { sequence messageId }
  ... on MessageReacted { sequence messageId emoji count }
  ... on ConversationRead { reader { id } upToSequence }
  ... on ParticipantTyping { participant { id displayName } isTyping }
  ... on ParticipantsChanged { sequence participants { id displayName } }
}
"""


def _with(document: str) -> str:
    """Return the document with the fragments that it uses, and those that these use."""
    parts = {part.split(" ", 2)[1]: "fragment" + part for part in FRAGMENTS.split("\nfragment")[1:]}
    used: dict[str, str] = {}
    waiting = [document]
    while waiting:
        text = waiting.pop()
        for name, part in parts.items():
            if f"...{name}" in text and name not in used:
                used[name] = part
                waiting.append(part)
    return "\n".join([document, *used.values()])


CONVERSATIONS = _with("""query Conversations($first: Int, $after: String) {
  conversations(first: $first, after: $after) {
    totalCount pageInfo { ...PageFields } edges { node { ...ConversationFields } }
  }
}""")
HISTORY = _with("""query ConversationHistory($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) {
    ...ConversationFields
    messages(first: $first, after: $after, last: $last, before: $before) {
      totalCount pageInfo { ...PageFields } edges { node { ...MessageFields } }
    }
  }
}""")
EVENTS_SINCE = _with("""query ConversationEventsSince($id: ID!, $afterSequence: Int!, $first: Int) {
  conversation(id: $id) { id events(afterSequence: $afterSequence, first: $first) { ...ConversationEventFields } }
}""")
START = _with("""mutation StartConversation($input: StartConversationInput!) {
  startConversation(input: $input) { __typename ...ConversationFields ...Problems }
}""")
SEND = _with("""mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ...MessageFields ...Problems }
}""")
MARK_READ = _with("""mutation MarkConversationRead($input: MarkConversationReadInput!) {
  markConversationRead(input: $input) { __typename ...ConversationFields ...Problems }
}""")
EDIT = _with("""mutation EditMessage($input: EditMessageInput!) {
  editMessage(input: $input) { __typename ...MessageFields ...Problems }
}""")
DELETE = _with("""mutation DeleteMessage($input: DeleteMessageInput!) {
  deleteMessage(input: $input) { __typename ...MessageFields ...Problems }
}""")
REACT = _with("""mutation ReactToMessage($input: ReactToMessageInput!) {
  reactToMessage(input: $input) {
    __typename ...MessageFields ... on Message { reactions { emoji count reactedByMe } } ...Problems
  }
}""")
UPLOAD = _with("""mutation UploadAttachment($input: UploadAttachmentInput!) {
  uploadAttachment(input: $input) {
    __typename ... on MessageAttachment { id filename contentType size url width height } ...Problems
  }
}""")
SET_TYPING = _with("""mutation SetTyping($input: SetTypingInput!) {
  setTyping(input: $input) { __typename ... on TypingReceipt { isTyping } ...Problems }
}""")
LEAVE = _with("""mutation LeaveConversation($input: LeaveConversationInput!) {
  leaveConversation(input: $input) { __typename ...ConversationFields ...Problems }
}""")
ADD = _with("""mutation AddParticipants($input: AddParticipantsInput!) {
  addParticipants(input: $input) { __typename ...ConversationFields ...Problems }
}""")
REMOVE = _with("""mutation RemoveParticipant($input: RemoveParticipantInput!) {
  removeParticipant(input: $input) { __typename ...ConversationFields ...Problems }
}""")
RENAME = _with("""mutation RenameConversation($input: RenameConversationInput!) {
  renameConversation(input: $input) { __typename ...ConversationFields ...Problems }
}""")
SEARCH = _with("""query SearchMessages($query: String!, $first: Int, $after: String) {
  searchMessages(query: $query, first: $first, after: $after) {
    pageInfo { ...PageFields } edges { node { ...MessageFields conversation { id title } } }
  }
}""")
FOLLOW = _with("""subscription ConversationEvents($conversationId: ID!, $afterSequence: Int) {
  conversationEvents(conversationId: $conversationId, afterSequence: $afterSequence) { ...ConversationEventFields }
}""")
INBOX = _with("""subscription InboxEvents {
  inboxEvents { conversation { ...ConversationFields } event { ...ConversationEventFields } }
}""")
NODE = "query NodeById($id: ID!) { node(id: $id) { __typename id } }"
