"""Acts on conversations."""

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
    """The root fields of messaging."""

    @mutation(description="Begin a conversation; with one other person it is the one you have already, if any.")
    def start_conversation(self, info: Info, input: StartConversationInput) -> Conversation:
        """Call `services.start_conversation`."""
        opportunity = input.opportunity_id
        return services.start_conversation(  # type: ignore[return-value]
            actor=signed_in(info),
            participant_ids=[known_or_nobody(id, "User") for id in input.participant_ids],
            title=input.title,
            is_group=input.is_group,
            opportunity_id=None if opportunity is None else known_or_nobody(opportunity, "Opportunity"),
        )

    @mutation(description="Say something. Sent again with the same clientId it gives the first message again.")
    def send_message(self, info: Info, input: SendMessageInput) -> Message:
        """Call `services.send_message`."""
        return services.send_message(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            content=input.content,
            client_id=input.client_id,
            attachment_ids=[known_or_nobody(id, "MessageAttachment") for id in input.attachment_ids],
        )

    @mutation(description="Put right what you said, within 15 minutes. Needs a login.")
    def edit_message(self, info: Info, input: EditMessageInput) -> Message:
        """Call `services.edit_message`."""
        return services.edit_message(  # type: ignore[return-value]
            actor=signed_in(info), message_id=known_or_nobody(input.message_id, "Message"), content=input.content
        )

    @mutation(description="Take back what you said: its words, files and reactions are gone. Needs a login.")
    def delete_message(self, info: Info, input: DeleteMessageInput) -> Message:
        """Call `services.delete_message`."""
        return services.delete_message(  # type: ignore[return-value]
            actor=signed_in(info), message_id=known_or_nobody(input.message_id, "Message")
        )

    @mutation(description="React to a message with an emoji, or take it back. Needs a login.")
    def react_to_message(self, info: Info, input: ReactToMessageInput) -> Message:
        """Call `services.react_to_message`."""
        return services.react_to_message(  # type: ignore[return-value]
            actor=signed_in(info),
            message_id=known_or_nobody(input.message_id, "Message"),
            emoji=input.emoji,
            remove=input.remove,
        )

    @mutation(description="Upload a file, to be sent with a message within a day. Needs a login.")
    def upload_attachment(self, info: Info, input: UploadAttachmentInput) -> MessageAttachment:
        """Call `services.upload_attachment`."""
        return services.upload_attachment(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            file=input.file,
        )

    @mutation(description="Say how far you have read; the marker only moves forward.")
    def mark_conversation_read(self, info: Info, input: MarkConversationReadInput) -> Conversation:
        """Call `services.mark_conversation_read`."""
        return services.mark_conversation_read(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            up_to_sequence=input.up_to_sequence,
        )

    @mutation(
        description="Show the others that you type, or stopped. At most one sign in 2 seconds is passed on; they hide "
        "it after some seconds without a new one. Needs a login."
    )
    def set_typing(self, info: Info, input: SetTypingInput) -> TypingReceipt:
        """Call `services.set_typing`."""
        is_typing = services.set_typing(
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            is_typing=input.is_typing,
        )
        return TypingReceipt(is_typing=is_typing)

    @mutation(description="Go: you see nothing more of it. You may come back to a direct one by startConversation.")
    def leave_conversation(self, info: Info, input: LeaveConversationInput) -> Conversation:
        """Call `services.leave_conversation`."""
        return services.leave_conversation(  # type: ignore[return-value]
            actor=signed_in(info), conversation_id=known_or_nobody(input.conversation_id, "Conversation")
        )

    @mutation(description="Bring people into a group of yours. Who joins sees what was said before. Needs a login.")
    def add_participants(self, info: Info, input: AddParticipantsInput) -> Conversation:
        """Call `services.add_participants`."""
        return services.add_participants(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            user_ids=[known_or_nobody(id, "User") for id in input.user_ids],
        )

    @mutation(
        description="Show somebody out of a group that you began, or in which you are longest once its beginner left."
    )
    def remove_participant(self, info: Info, input: RemoveParticipantInput) -> Conversation:
        """Call `services.remove_participant`."""
        return services.remove_participant(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            user_id=known_or_nobody(input.user_id, "User"),
        )

    @mutation(description="Give a group of yours another title, or none. Needs a login.")
    def rename_conversation(self, info: Info, input: RenameConversationInput) -> Conversation:
        """Call `services.rename_conversation`."""
        return services.rename_conversation(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            title=input.title,
        )
