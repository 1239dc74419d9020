"""GraphQL types of conversations, messages and attachments."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from django.utils import timezone
from strawberry import relay
from strawberry_django.optimizer import optimize

from domains.accounts import models as accounts
from domains.messaging import models, policies, selectors, tokens
from graphql_api.accounts.types import User
from graphql_api.context import Info, signed_in, viewer_of
from graphql_api.errors import BadUserInput
from graphql_api.events.types import Event
from graphql_api.messaging.events import ConversationEvent, load_events
from graphql_api.opportunities.types import Opportunity
from graphql_api.relay.connections import Connection
from graphql_api.relay.loaders import load, load_row, load_rows
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of

MAX_EVENTS = 100


@strawberry_django.type(
    models.MessageAttachment, description="File that was sent with a message, or was uploaded for one."
)
class MessageAttachment(relay.Node):
    """An attached file, as participants see it."""

    filename: str = strawberry_django.field(description="Name of the file; its extension matches the content type.")
    content_type: str = strawberry_django.field(
        description="Media type that was detected from the content, such as `image/png`."
    )
    size: int = strawberry_django.field(description="Size in bytes.")
    width: int | None = strawberry_django.field(
        description="Width of the picture in pixels; null if the file is not a picture."
    )
    height: int | None = strawberry_django.field(
        description="Height of the picture in pixels; null if the file is not a picture."
    )

    @strawberry_django.field(
        description="URL of the file, for the viewer only; it expires after 5 minutes. Query the field again for a new "
        "URL.",
        only=["id"],
    )
    async def url(self, info: Info) -> str:
        """Make a link for the viewer; the right to the file is checked when the link is used."""
        key = row_of(self, models.MessageAttachment).pk
        return tokens.attachment_url(attachment_id=key, viewer_id=signed_in(info).pk)

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.MessageAttachment]:
        """Show the files of the viewer's conversations, and the viewer's own files that were not sent yet."""
        return models.MessageAttachmentQuerySet.visible_to(queryset, viewer_of(info))


@strawberry.type(description="Emoji reaction to a message, and the number of users who gave it.")
class Reaction:
    """The number of users who reacted with the same emoji."""

    emoji: str = strawberry.field(description="Emoji of the reaction.")
    count: int = strawberry.field(description="Number of users who reacted with this emoji.")
    reacted_by_me: bool = strawberry.field(description="Whether the viewer reacted with this emoji.")


@strawberry.type(description="Result of `setTyping`.")
class TypingReceipt:
    """The typing state that the caller reported."""

    is_typing: bool = strawberry.field(description="Value of `isTyping` that the caller sent.")


@strawberry_django.type(models.Message, description="Message in a conversation.")
class Message(relay.Node):
    """A message, as participants see it."""

    conversation: Conversation = strawberry_django.field(description="Conversation that the message belongs to.")
    sender: User | None = strawberry_django.field(
        description="User who sent the message; null if the account was removed."
    )
    sequence: int = strawberry_django.field(
        description="Sequence of the event that sent the message. Use it to order messages. The sequences of messages "
        "have gaps, because other events, such as edits and reactions, have sequences too."
    )
    client_id: uuid.UUID = strawberry_django.field(description="UUID that the sender's client gave the message.")
    sent_at: datetime = strawberry_django.field(description="Time the message was sent.")
    edited_at: datetime | None = strawberry_django.field(
        description="Time the message was last edited; null if it was never edited."
    )

    @strawberry_django.field(
        description="Text of the message; empty if the message has only files or was deleted.",
        only=["content", "deleted_at"],
    )
    async def content(self) -> str:
        """Show the text until the message is deleted."""
        message = row_of(self, models.Message)
        return "" if message.deleted_at else message.content

    @strawberry_django.field(description="Whether the message was deleted.", only=["deleted_at"])
    async def is_deleted(self) -> bool:
        """Say whether the message was deleted, so that only its place in the log is left."""
        return row_of(self, models.Message).deleted_at is not None

    @strawberry_django.field(
        description="Whether the viewer can edit the message now with `editMessage`. The viewer must be its sender, "
        "and it must be at most 15 minutes old and not deleted. In a direct conversation, no block and no rule for the "
        "protection of minors may separate the two users.",
        only=["sender_id", "deleted_at", "sent_at", "conversation_id"],
    )
    async def can_edit(self, info: Info) -> bool:
        """Ask the policy, then check the conversation; one lookup serves a whole list of messages."""
        message, viewer = row_of(self, models.Message), viewer_of(info)
        if not policies.can_change_message(viewer, message, now=timezone.now()):
            return False
        return bool(await load(info, message.conversation_id, partial(_find_changeable, viewer)))

    @strawberry_django.field(
        description="Whether the viewer can delete the message with `deleteMessage`: the viewer is its sender, and it "
        "is not deleted.",
        only=["sender_id", "deleted_at"],
    )
    async def can_delete(self, info: Info) -> bool:
        """Ask the policy."""
        return policies.can_delete_message(viewer_of(info), row_of(self, models.Message))

    @strawberry_django.field(
        graphql_type=list[MessageAttachment],
        description="Files that were sent with the message; empty if the message was deleted.",
        only=["id"],
    )
    async def attachments(self, info: Info) -> list[models.MessageAttachment]:
        """Show the files; one statement reads those of a whole list, unless they were prefetched."""
        message = row_of(self, models.Message)
        if _came_along(message, "attachments"):
            return sorted(message.attachments.all(), key=attrgetter("pk"))
        shown = partial(selectors.find_attachments, viewer=viewer_of(info))
        return await load_rows(info, message.pk, shown, by="message_id")

    @strawberry_django.field(
        graphql_type=list[Reaction],
        description="Emoji reactions to the message, in the order of their first use.",
        only=["id"],
    )
    async def reactions(self, info: Info) -> list[selectors.ReactionCount]:
        """Show the reactions; one statement counts those of a whole list, unless they were prefetched."""
        message, viewer = row_of(self, models.Message), viewer_of(info)
        if _came_along(message, "reactions"):
            return selectors.count_loaded_reactions(message.reactions.all(), viewer=viewer)
        counts = await load(info, message.pk, lambda keys: selectors.count_reactions(viewer=viewer, message_ids=keys))
        return counts or []

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Message], info: Info, **kwargs: Any) -> QuerySet[models.Message]:
        """Show messages to the current participants of their conversation."""
        return queryset.filter(pk__in=models.Message.objects.visible_to(viewer_of(info)).values("pk"))


@strawberry_django.type(models.Conversation, description="Direct conversation of two users, or a group.")
class Conversation(relay.Node):
    """A conversation, as one of its participants sees it."""

    title: str = strawberry_django.field(description="Title of the conversation; may be empty.")
    is_group: bool = strawberry_django.field(
        description="Whether the conversation is a group; otherwise it is a direct conversation of two users."
    )
    created_at: datetime = strawberry_django.field(description="Time the conversation started.")
    last_sequence: int = strawberry_django.field(
        description="Sequence of the newest event; 0 before the first event. Pass it to `conversationEvents` as "
        "`afterSequence`."
    )
    last_activity_at: datetime = strawberry_django.field(
        description="Time the newest message was sent; before the first message, the time the conversation started."
    )
    opportunity: Opportunity | None = strawberry_django.field(
        description="Opportunity that the conversation is about; null if there is none, or if the viewer may not "
        "see it."
    )
    event: Event | None = strawberry_django.field(
        description="Event that the conversation is about; null if there is none, or if the viewer may not see it."
    )
    unread_count: int = strawberry_django.field(
        annotate=lambda info: selectors.unread_count_of(info.context.viewer),
        description="Number of messages from other participants that the viewer has not read.",
    )

    @strawberry_django.field(
        graphql_type=list[User],
        description="Current participants, in the order of joining.",
        only=["id"],
        prefetch_related=[lambda info: _present_people(info)],  # noqa: PLW0108 # defined below
    )
    async def participants(self) -> list[accounts.User]:
        """Show the current participants."""
        return selectors.participants_of(row_of(self, models.Conversation))

    @strawberry_django.field(
        description="Whether the viewer may send messages here now. In a direct conversation, the other user must not "
        "have left, and no block and no rule for the protection of minors may separate the two users.",
        only=["id"],
    )
    async def can_write(self, info: Info) -> bool:
        """Ask the policy; one lookup serves a whole list of conversations."""
        return bool(await load(info, row_of(self, models.Conversation).pk, partial(_find_writable, viewer_of(info))))

    @strawberry_django.field(
        graphql_type=Message | None,
        description="Newest message; null before the first message.",
        only=["id"],
        annotate={"last_message_id": lambda info: selectors.last_message_id()},
    )
    async def last_message(self, info: Info) -> models.Message | None:
        """Show the newest message; one statement reads those of a whole list."""
        row: Any = self
        if hasattr(row, "known_last_message"):
            known: models.Message | None = row.known_last_message  # read already, by the live path
            return known
        key = row.last_message_id
        if key is None:
            return None
        viewer = viewer_of(info)
        return await load_row(info, key, lambda: models.Message.objects.visible_to(viewer))

    @strawberry_django.connection(
        Connection[Message],
        description="Messages of the conversation, oldest first. Without arguments, the page has the oldest messages. "
        "For the newest, pass `last`; for earlier ones, `last` and `before`. Deleted messages stay in the list, with "
        "`isDeleted`.",
        only=["id"],
    )
    async def messages(self, info: Info) -> Nested[models.Message]:
        """Return the messages; the connection reads the pages of a whole list of conversations at once."""
        rows = partial(selectors.find_messages, viewer=viewer_of(info))
        return Nested(rows, by="conversation", key=row_of(self, models.Conversation).pk)

    @strawberry_django.field(
        description="Events of the conversation's log after a sequence, in order. Use it to catch up.", only=["id"]
    )
    async def events(
        self,
        info: Info,
        after_sequence: Annotated[
            int, strawberry.argument(description="Last sequence that the client has; 0 or more.")
        ],
        first: Annotated[
            int | None, strawberry.argument(description="Maximum number of events: 1 to 100; 100 if omitted.")
        ] = None,
    ) -> list[ConversationEvent]:
        """Return the next events of the log."""
        limit = MAX_EVENTS if first is None else first
        if after_sequence < 0:
            raise BadUserInput("`afterSequence` must be 0 or more.")
        if not 1 <= limit <= MAX_EVENTS:
            raise BadUserInput(f"`first` must be from 1 to {MAX_EVENTS}.")
        key = row_of(self, models.Conversation).pk
        return await load_events(info, conversation_id=key, after_sequence=after_sequence, limit=limit)

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.Conversation], info: Info, **kwargs: Any
    ) -> QuerySet[models.Conversation]:
        """Show conversations to their current participants."""
        return queryset.filter(pk__in=models.Conversation.objects.visible_to(viewer_of(info)).values("pk"))


def _came_along(message: models.Message, relation: str) -> bool:
    """Tell whether the related rows were prefetched, as they are for live events."""
    return relation in getattr(message, "_prefetched_objects_cache", {})


def _present_people(info: Any) -> Any:
    return selectors.prefetch_participants(optimize(accounts.User.objects.all(), info=info))


def _find_writable(viewer: accounts.User | None, keys: Sequence[int]) -> Mapping[int, bool]:
    return dict.fromkeys(selectors.find_writable(viewer=viewer, conversation_ids=keys), True) if viewer else {}


def _find_changeable(viewer: accounts.User | None, keys: Sequence[int]) -> Mapping[int, bool]:
    return dict.fromkeys(selectors.find_changeable(viewer=viewer, conversation_ids=keys), True) if viewer else {}
