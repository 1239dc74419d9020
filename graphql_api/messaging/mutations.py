"""Mutations of conversations and messages."""

from __future__ import annotations

import strawberry

from domains.messaging import services
from graphql_api.accounts.uploads import UploadPurpose, chosen_file
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
        Conversation,
        description="Start a conversation. Two users have one direct conversation: if it exists, it is returned, and a "
        "caller who had left it rejoins it. Needs a login.",
    )
    def start_conversation(self, info: Info, input: StartConversationInput) -> object:
        opportunity, event = input.opportunity_id, input.event_id
        return services.start_conversation(
            actor=signed_in(info),
            participant_ids=[known_or_nobody(id, "User") for id in input.participant_ids],
            title=input.title,
            is_group=input.is_group,
            opportunity_id=None if opportunity is None else known_or_nobody(opportunity, "Opportunity"),
            event_id=None if event is None else known_or_nobody(event, "Event"),
        )

    @mutation(
        Message,
        description="Send a message. A retry with the same `clientId` returns the message that was sent first. Needs a "
        "login.",
    )
    def send_message(self, info: Info, input: SendMessageInput) -> object:
        return services.send_message(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            content=input.content,
            client_id=input.client_id,
            attachment_ids=[known_or_nobody(id, "MessageAttachment") for id in input.attachment_ids],
        )

    @mutation(Message, description="Edit the caller's own message within 15 minutes after it was sent. Needs a login.")
    def edit_message(self, info: Info, input: EditMessageInput) -> object:
        return services.edit_message(
            actor=signed_in(info), message_id=known_or_nobody(input.message_id, "Message"), content=input.content
        )

    @mutation(
        Message,
        description="Delete the caller's own message. Its text, files and reactions are removed; its place in the "
        "conversation stays. Needs a login.",
    )
    def delete_message(self, info: Info, input: DeleteMessageInput) -> object:
        return services.delete_message(actor=signed_in(info), message_id=known_or_nobody(input.message_id, "Message"))

    @mutation(Message, description="Add an emoji reaction to a message, or remove the caller's own. Needs a login.")
    def react_to_message(self, info: Info, input: ReactToMessageInput) -> object:
        return services.react_to_message(
            actor=signed_in(info),
            message_id=known_or_nobody(input.message_id, "Message"),
            emoji=input.emoji,
            remove=input.remove,
        )

    @mutation(
        MessageAttachment,
        description="Upload a file for a message. It is removed if no message is sent with it within a day. Needs a "
        "login.",
    )
    def upload_attachment(self, info: Info, input: UploadAttachmentInput) -> object:
        purpose, actor = UploadPurpose.ATTACHMENT, signed_in(info)
        with chosen_file(info, input.file, input.upload_id, purpose=purpose, field="file") as file:
            return services.upload_attachment(
                actor=actor, conversation_id=known_or_nobody(input.conversation_id, "Conversation"), file=file
            )

    @mutation(
        Conversation,
        description="Mark a conversation as read up to a sequence. The read marker only moves forward. Needs a login.",
    )
    def mark_conversation_read(self, info: Info, input: MarkConversationReadInput) -> object:
        return services.mark_conversation_read(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            up_to_sequence=input.up_to_sequence,
        )

    @mutation(
        TypingReceipt,
        description="Tell the other participants that the caller is typing, or has stopped. At most one call in "
        "2 seconds is delivered. Clients should hide the typing indicator after some seconds without a new event. "
        "Needs a login.",
    )
    def set_typing(self, info: Info, input: SetTypingInput) -> object:
        is_typing = services.set_typing(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            is_typing=input.is_typing,
        )
        return TypingReceipt(is_typing=is_typing)

    @mutation(
        Conversation,
        description="Leave the conversation. The caller can no longer read it and receives no more of its events. "
        "`startConversation` rejoins a direct conversation; another participant can add the caller to a group again. "
        "Needs a login.",
    )
    def leave_conversation(self, info: Info, input: LeaveConversationInput) -> object:
        return services.leave_conversation(
            actor=signed_in(info), conversation_id=known_or_nobody(input.conversation_id, "Conversation")
        )

    @mutation(
        Conversation,
        description="Add users to a group that the caller takes part in. New participants can read the earlier "
        "messages. Needs a login.",
    )
    def add_participants(self, info: Info, input: AddParticipantsInput) -> object:
        return services.add_participants(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            user_ids=[known_or_nobody(id, "User") for id in input.user_ids],
        )

    @mutation(
        Conversation,
        description="Remove a participant from a group. Only the participant who started the group may do this; after "
        "they have left, the participant who joined first. Needs a login.",
    )
    def remove_participant(self, info: Info, input: RemoveParticipantInput) -> object:
        return services.remove_participant(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            user_id=known_or_nobody(input.user_id, "User"),
        )

    @mutation(
        Conversation, description="Change or remove the title of a group that the caller takes part in. Needs a login."
    )
    def rename_conversation(self, info: Info, input: RenameConversationInput) -> object:
        return services.rename_conversation(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            title=input.title,
        )
