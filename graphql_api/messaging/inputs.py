"""What the mutations of messaging take."""

from __future__ import annotations

import uuid

import strawberry

from domains.messaging.services.send_message import MAX_FILES
from domains.messaging.services.start_conversation import MAX_PEOPLE
from graphql_api.checks.input_limits import list_field
from graphql_api.relay.scalars import Upload


@strawberry.input(description="What `startConversation` takes.")
class StartConversationInput:
    """With whom, and about what."""

    participant_ids: list[strawberry.ID] = list_field(
        MAX_PEOPLE, "Whom you want to talk with, without you.", service_answers=True
    )
    title: str = strawberry.field(description="At most 120 characters; empty for none.", default="")
    is_group: bool | None = strawberry.field(
        description="Whether it is a group; left out, it is one with more than one other person.", default=None
    )
    opportunity_id: strawberry.ID | None = strawberry.field(
        description="The opportunity it is about, if any; a direct conversation that is there already turns to it.",
        default=None,
    )


@strawberry.input(description="What `sendMessage` takes.")
class SendMessageInput:
    """What to say, and where."""

    conversation_id: strawberry.ID = strawberry.field(description="The conversation to say it in.")
    client_id: uuid.UUID = strawberry.field(
        description="A UUID of your making. Sent again with the same one, the message is not said twice."
    )
    content: str = strawberry.field(
        description="1 to 10,000 characters, after spaces around it are cut off; may be empty where files come along.",
        default="",
    )
    attachment_ids: list[strawberry.ID] = list_field(
        MAX_FILES,
        "Files that you uploaded for this conversation and have not sent yet.",
        service_answers=True,
        default_factory=list,
    )


@strawberry.input(description="What `editMessage` takes.")
class EditMessageInput:
    """New words."""

    message_id: strawberry.ID = strawberry.field(description="A message of yours, said at most 15 minutes ago.")
    content: str = strawberry.field(description="What it says from now on; as for `sendMessage`.")


@strawberry.input(description="What `deleteMessage` takes.")
class DeleteMessageInput:
    """Which message."""

    message_id: strawberry.ID = strawberry.field(description="A message of yours.")


@strawberry.input(description="What `reactToMessage` takes.")
class ReactToMessageInput:
    """A reaction, or its end."""

    message_id: strawberry.ID = strawberry.field(description="The message.")
    emoji: str = strawberry.field(description="Exactly one emoji.")
    remove: bool = strawberry.field(description="Take it back instead.", default=False)


@strawberry.input(description="What `uploadAttachment` takes.")
class UploadAttachmentInput:
    """A file, and where it will be sent."""

    conversation_id: strawberry.ID = strawberry.field(description="The conversation you will send it in.")
    file: Upload = strawberry.field(
        description="A picture (JPEG, PNG, GIF, WebP), a PDF, plain text in UTF-8, or an office document (DOCX, XLSX, "
        "PPTX, ODT), of 10 MB at the most."
    )


@strawberry.input(description="What `setTyping` takes.")
class SetTypingInput:
    """Whether you type."""

    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")
    is_typing: bool = strawberry.field(description="Whether you type now.")


@strawberry.input(description="What `leaveConversation` takes.")
class LeaveConversationInput:
    """Which conversation."""

    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")


@strawberry.input(description="What `addParticipants` takes.")
class AddParticipantsInput:
    """Whom to bring in."""

    conversation_id: strawberry.ID = strawberry.field(description="The group.")
    user_ids: list[strawberry.ID] = list_field(MAX_PEOPLE, "Whom to bring in.", service_answers=True)


@strawberry.input(description="What `removeParticipant` takes.")
class RemoveParticipantInput:
    """Whom to show out."""

    conversation_id: strawberry.ID = strawberry.field(description="The group, which you manage.")
    user_id: strawberry.ID = strawberry.field(description="Whom to show out.")


@strawberry.input(description="What `renameConversation` takes.")
class RenameConversationInput:
    """A title."""

    conversation_id: strawberry.ID = strawberry.field(description="The group.")
    title: str = strawberry.field(description="At most 120 characters; empty for none.")


@strawberry.input(description="What `markConversationRead` takes.")
class MarkConversationReadInput:
    """How far you have read."""

    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")
    up_to_sequence: int = strawberry.field(description="The sequence of the last event you have seen.")
