"""Mutations of conversations and messages."""

from __future__ import annotations

import strawberry

from domains.messaging import services
from graphql_api.context import Info, signed_in
from graphql_api.messaging.inputs import (
    AddParticipantsInput,
    DeleteMessageInput,
    EditMessageInput,
    LeaveConversationInput,
    MarkConversationReadInput,
    ReactToMessageInput,
    RemoveParticipantInput,
    RenameConversationInput,
    SendMessageInput,
    SetTypingInput,
    StartConversationInput,
    UploadAttachmentInput,
)
from graphql_api.messaging.types import Conversation, Message, MessageAttachment, TypingReceipt
from graphql_api.mutations import mutation
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class MessagingMutations:
    """Root mutation fields of messaging."""

    @mutation(
        description="Start a conversation. Two users have one direct conversation: if it exists, it is returned, and a "
        "caller who had left it rejoins it. Needs a login."
    )
    def start_conversation(self, info: Info, input: StartConversationInput) -> Conversation:
        opportunity = input.opportunity_id
        return services.start_conversation(  # type: ignore[return-value]
            actor=signed_in(info),
            participant_ids=[known_or_nobody(id, "User") for id in input.participant_ids],
            title=input.title,
            is_group=input.is_group,
            opportunity_id=None if opportunity is None else known_or_nobody(opportunity, "Opportunity"),
        )

    @mutation(
        description="Send a message. A retry with the same `clientId` returns the message that was sent first. Needs a "
        "login."
    )
    def send_message(self, info: Info, input: SendMessageInput) -> Message:
        return services.send_message(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            content=input.content,
            client_id=input.client_id,
            attachment_ids=[known_or_nobody(id, "MessageAttachment") for id in input.attachment_ids],
        )

    @mutation(description="Edit the caller's own message within 15 minutes after it was sent. Needs a login.")
    def edit_message(self, info: Info, input: EditMessageInput) -> Message:
        return services.edit_message(  # type: ignore[return-value]
            actor=signed_in(info), message_id=known_or_nobody(input.message_id, "Message"), content=input.content
        )

    @mutation(
        description="Delete the caller's own message. Its text, files and reactions are removed; its place in the "
        "conversation stays. Needs a login."
    )
    def delete_message(self, info: Info, input: DeleteMessageInput) -> Message:
        return services.delete_message(  # type: ignore[return-value]
            actor=signed_in(info), message_id=known_or_nobody(input.message_id, "Message")
        )

    @mutation(description="Add an emoji reaction to a message, or remove the caller's own. Needs a login.")
    def react_to_message(self, info: Info, input: ReactToMessageInput) -> Message:
        return services.react_to_message(  # type: ignore[return-value]
            actor=signed_in(info),
            message_id=known_or_nobody(input.message_id, "Message"),
            emoji=input.emoji,
            remove=input.remove,
        )

    @mutation(
        description="Upload a file for a message. It is removed if no message is sent with it within a day. Needs a "
        "login."
    )
    def upload_attachment(self, info: Info, input: UploadAttachmentInput) -> MessageAttachment:
        return services.upload_attachment(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            file=input.file,
        )

    @mutation(
        description="Mark a conversation as read up to a sequence. The read marker only moves forward. Needs a login."
    )
    def mark_conversation_read(self, info: Info, input: MarkConversationReadInput) -> Conversation:
        return services.mark_conversation_read(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            up_to_sequence=input.up_to_sequence,
        )

    @mutation(
        description="Tell the other participants that the caller is typing, or has stopped. At most one call in "
        "2 seconds is delivered. Clients should hide the typing indicator after some seconds without a new event. "
        "Needs a login."
    )
    def set_typing(self, info: Info, input: SetTypingInput) -> TypingReceipt:
        is_typing = services.set_typing(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            is_typing=input.is_typing,
        )
        return TypingReceipt(is_typing=is_typing)

    @mutation(
        description="Leave the conversation. The caller can no longer read it and receives no more of its events. "
        "`startConversation` rejoins a direct conversation; another participant can add the caller to a group again. "
        "Needs a login."
    )
    def leave_conversation(self, info: Info, input: LeaveConversationInput) -> Conversation:
        return services.leave_conversation(  # type: ignore[return-value]
            actor=signed_in(info), conversation_id=known_or_nobody(input.conversation_id, "Conversation")
        )

    @mutation(
        description="Add users to a group that the caller takes part in. New participants can read the earlier "
        "messages. Needs a login."
    )
    def add_participants(self, info: Info, input: AddParticipantsInput) -> Conversation:
        return services.add_participants(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            user_ids=[known_or_nobody(id, "User") for id in input.user_ids],
        )

    @mutation(
        description="Remove a participant from a group. Only the participant who started the group may do this; after "
        "they have left, the participant who joined first. Needs a login."
    )
    def remove_participant(self, info: Info, input: RemoveParticipantInput) -> Conversation:
        return services.remove_participant(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            user_id=known_or_nobody(input.user_id, "User"),
        )

    @mutation(description="Change or remove the title of a group that the caller takes part in. Needs a login.")
    def rename_conversation(self, info: Info, input: RenameConversationInput) -> Conversation:
        return services.rename_conversation(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            title=input.title,
        )
