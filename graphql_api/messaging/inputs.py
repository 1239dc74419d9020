"""Inputs of the messaging mutations."""

from __future__ import annotations

import uuid

import strawberry

from domains.messaging.services.send_message import MAX_FILES
from domains.messaging.services.start_conversation import MAX_PARTICIPANTS
from graphql_api.accounts.uploads import UPLOAD_ID
from graphql_api.checks.input_limits import list_field
from graphql_api.relay.scalars import Upload


@strawberry.input(description="Input of `startConversation`.")
class StartConversationInput:
    """Participants and subject of the conversation."""

    participant_ids: list[strawberry.ID] = list_field(
        MAX_PARTICIPANTS, "IDs of the other participants, without the caller.", service_answers=True
    )
    title: str = strawberry.field(
        description="Title of the conversation, at most 120 characters; empty for none.", default=""
    )
    is_group: bool | None = strawberry.field(
        description="Whether the conversation is a group. If omitted, it is a group when there are two or more other "
        "participants.",
        default=None,
    )
    opportunity_id: strawberry.ID | None = strawberry.field(
        description="ID of the opportunity that the conversation is about. An existing direct conversation changes to "
        "this opportunity.",
        default=None,
    )
    event_id: strawberry.ID | None = strawberry.field(
        description="ID of the event that the conversation is about, instead of an opportunity. An existing direct "
        "conversation changes to this event.",
        default=None,
    )


@strawberry.input(description="Input of `sendMessage`.")
class SendMessageInput:
    """The message, and its conversation."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the conversation.")
    client_id: uuid.UUID = strawberry.field(
        description="UUID that the client generates for this message. A retry with the same UUID does not send the "
        "message twice."
    )
    content: str = strawberry.field(
        description="Text of the message: 1 to 10,000 characters, without surrounding whitespace. It may be empty if "
        "there are attachments.",
        default="",
    )
    attachment_ids: list[strawberry.ID] = list_field(
        MAX_FILES,
        "IDs of files that the caller uploaded for this conversation and has not sent yet.",
        service_answers=True,
        default_factory=list,
    )


@strawberry.input(description="Input of `editMessage`.")
class EditMessageInput:
    """The new text of a message."""

    message_id: strawberry.ID = strawberry.field(
        description="ID of a message that the caller sent at most 15 minutes ago."
    )
    content: str = strawberry.field(description="New text of the message; the rules of `sendMessage` apply.")


@strawberry.input(description="Input of `deleteMessage`.")
class DeleteMessageInput:
    """The message to delete."""

    message_id: strawberry.ID = strawberry.field(description="ID of a message that the caller sent.")


@strawberry.input(description="Input of `reactToMessage`.")
class ReactToMessageInput:
    """The reaction to add or remove."""

    message_id: strawberry.ID = strawberry.field(description="ID of the message.")
    emoji: str = strawberry.field(description="Exactly one emoji.")
    remove: bool = strawberry.field(description="True to remove the caller's reaction instead.", default=False)


@strawberry.input(description="Input of `uploadAttachment`.")
class UploadAttachmentInput:
    """The file, and the conversation it is for."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the conversation that the file is for.")
    file: Upload | None = strawberry.field(
        description="Picture (JPEG, PNG, GIF, WebP), PDF, plain text in UTF-8, or office document (DOCX, XLSX, PPTX, "
        "ODT) without macros; at most 10 MB. Required without `uploadId`.",
        default=None,
    )
    upload_id: strawberry.ID | None = strawberry.field(description=UPLOAD_ID, default=None)


@strawberry.input(description="Input of `setTyping`.")
class SetTypingInput:
    """Whether the caller is typing."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the conversation.")
    is_typing: bool = strawberry.field(description="Whether the caller is typing now.")


@strawberry.input(description="Input of `leaveConversation`.")
class LeaveConversationInput:
    """The conversation to leave."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the conversation.")


@strawberry.input(description="Input of `addParticipants`.")
class AddParticipantsInput:
    """The users to add."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the group.")
    user_ids: list[strawberry.ID] = list_field(MAX_PARTICIPANTS, "IDs of the users to add.", service_answers=True)


@strawberry.input(description="Input of `removeParticipant`.")
class RemoveParticipantInput:
    """The participant to remove."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the group; the caller must manage it.")
    user_id: strawberry.ID = strawberry.field(description="ID of the participant to remove.")


@strawberry.input(description="Input of `renameConversation`.")
class RenameConversationInput:
    """The new title."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the group.")
    title: str = strawberry.field(description="New title, at most 120 characters; empty for none.")


@strawberry.input(description="Input of `markConversationRead`.")
class MarkConversationReadInput:
    """The position up to which the caller has read."""

    conversation_id: strawberry.ID = strawberry.field(description="ID of the conversation.")
    up_to_sequence: int = strawberry.field(description="Sequence of the last event that the caller has read.")
