"""Conversations, messages and the events of their log as the API shows them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

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
from graphql_api.relay.connections import Connection
from graphql_api.relay.loaders import load, load_row, load_rows
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of

if TYPE_CHECKING:
    from graphql_api.messaging.events import ConversationEvent
    from graphql_api.opportunities.types import Opportunity

MAX_EVENTS = 100


@strawberry_django.type(models.MessageAttachment, description="A file that came with a message, or will.")
class MessageAttachment(relay.Node):
    """An attached file, as participants see it."""

    filename: str = strawberry_django.field(description="What it is called; its ending says what it is.")
    content_type: str = strawberry_django.field(description="What it really is, such as `image/png`.")
    size: int = strawberry_django.field(description="Its length in bytes.")
    width: int | None = strawberry_django.field(description="How wide a picture is, in pixels; null for others.")
    height: int | None = strawberry_django.field(description="How high a picture is, in pixels; null for others.")

    @strawberry_django.field(
        description="Where it is served, to you alone, for five minutes; ask again for a new link.", only=["id"]
    )
    async def url(self, info: Info) -> str:
        """Make a link for the viewer; it is looked at when it is used."""
        key = row_of(self, models.MessageAttachment).pk
        return tokens.url_for(attachment_id=key, viewer_id=signed_in(info).pk)

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.MessageAttachment], info: Info, **kwargs: Any
    ) -> QuerySet[models.MessageAttachment]:
        """Everything that `visible_to` shows."""
        return models.MessageAttachmentQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]


@strawberry.type(description="An emoji under a message.")
class Reaction:
    """How many people reacted in the same way."""

    emoji: str = strawberry.field(description="The emoji.")
    count: int = strawberry.field(description="How many people react with it.")
    reacted_by_me: bool = strawberry.field(description="Whether you are one of them.")


@strawberry.type(description="That a sign of typing was taken note of.")
class TypingReceipt:
    """What was said about typing."""

    is_typing: bool = strawberry.field(description="What you said.")


@strawberry_django.type(models.Message, description="Something said in a conversation.")
class Message(relay.Node):
    """A message, as participants see it."""

    conversation: Conversation = strawberry_django.field(description="Where it was said.")
    sender: User | None = strawberry_django.field(description="Who said it; null if the account is gone.")
    sequence: int = strawberry_django.field(description="Its place in the conversation's log.")
    client_id: uuid.UUID = strawberry_django.field(description="The UUID its sender gave it.")
    sent_at: datetime = strawberry_django.field(description="When it was said.")
    edited_at: datetime | None = strawberry_django.field(description="When it was last changed; null if never.")

    @strawberry_django.field(description="What was said; empty once deleted.", only=["content", "deleted_at"])
    async def content(self) -> str:
        """Show the words until the message is deleted."""
        message = row_of(self, models.Message)
        return "" if message.deleted_at else message.content

    @strawberry_django.field(description="Whether its sender took it back.", only=["deleted_at"])
    async def is_deleted(self) -> bool:
        """Say whether only its place is left."""
        return row_of(self, models.Message).deleted_at is not None

    @strawberry_django.field(
        description="Whether you can change its words now by `editMessage`: it is yours, at most 15 minutes old, not "
        "deleted, and nothing stands between you and the other of a direct conversation.",
        only=["sender_id", "deleted_at", "sent_at", "conversation_id"],
    )
    async def can_edit(self, info: Info) -> bool:
        """Ask the policy; then, for a whole list of messages at once, where the viewer may write."""
        message, viewer = row_of(self, models.Message), viewer_of(info)
        if not policies.can_change_message(viewer, message, now=timezone.now()):
            return False
        return bool(await load(info, message.conversation_id, partial(_find_changeable, viewer)))

    @strawberry_django.field(
        description="Whether you can take it back by `deleteMessage`: it is yours and not deleted.",
        only=["sender_id", "deleted_at"],
    )
    async def can_delete(self, info: Info) -> bool:
        """Ask the policy."""
        return policies.can_delete_message(viewer_of(info), row_of(self, models.Message))

    @strawberry_django.field(description="The files that came with it.", only=["id"])
    async def attachments(self, info: Info) -> list[MessageAttachment]:
        """Show its files; those of a whole list are read at once, unless they came with the message."""
        message = row_of(self, models.Message)
        if _came_along(message, "attachments"):
            along: Any = message.attachments.all()
            return sorted(along, key=attrgetter("pk"))
        shown = partial(selectors.find_attachments, viewer=viewer_of(info))
        return await load_rows(info, message.pk, shown, by="message_id")  # type: ignore[return-value]

    @strawberry_django.field(description="The emoji under it, in the order of their first use.", only=["id"])
    async def reactions(self, info: Info) -> list[Reaction]:
        """Show how many reacted; those of a whole list are counted at once, unless they came with the message."""
        message, viewer = row_of(self, models.Message), viewer_of(info)
        if _came_along(message, "reactions"):
            return selectors.summed_up(message.reactions.all(), viewer=viewer)  # type: ignore[return-value]
        counts = await load(info, message.pk, lambda keys: selectors.count_reactions(viewer=viewer, message_ids=keys))
        return counts or []  # type: ignore[return-value]

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Message], info: Info, **kwargs: Any) -> QuerySet[models.Message]:
        """Show messages to those who take part in their conversation now."""
        return queryset.filter(pk__in=models.Message.objects.visible_to(viewer_of(info)).values("pk"))


@strawberry_django.type(models.Conversation, description="A talk between two people, or in a group.")
class Conversation(relay.Node):
    """A conversation, as one of its participants sees it."""

    title: str = strawberry_django.field(description="What it is called; may be empty.")
    is_group: bool = strawberry_django.field(description="Whether it is a group; else it is between two people.")
    created_at: datetime = strawberry_django.field(description="When it began.")
    last_sequence: int = strawberry_django.field(
        description="The sequence of the newest event; 0 before the first. Follow on from it by `conversationEvents`."
    )
    last_activity_at: datetime = strawberry_django.field(description="When something was last said.")
    opportunity: Annotated[Opportunity, strawberry.lazy("graphql_api.opportunities.types")] | None = (
        strawberry_django.field(description="What it is about, if anything, and if you may see that.")
    )
    unread_count: int = strawberry_django.field(
        annotate=lambda info: selectors.unread_count_of(info.context.viewer),
        description="How many messages of others you have not read.",
    )

    @strawberry_django.field(
        description="Who takes part now, in the order of joining.",
        only=["id"],
        prefetch_related=[lambda info: _present_people(info)],  # noqa: PLW0108 # defined below
    )
    async def participants(self) -> list[User]:
        """Show who takes part."""
        row = row_of(self, models.Conversation)
        return selectors.people_of(row)  # type: ignore[return-value]

    @strawberry_django.field(
        description="Whether you may write here now: you take part, and if it is between two people, nothing stands "
        "between you.",
        only=["id"],
    )
    async def can_write(self, info: Info) -> bool:
        """Ask for a whole list of conversations at once."""
        return bool(await load(info, row_of(self, models.Conversation).pk, partial(_find_writable, viewer_of(info))))

    @strawberry_django.field(
        description="The newest message; null before the first.",
        only=["id"],
        annotate={"last_message_id": lambda info: selectors.last_message_id()},
    )
    async def last_message(self, info: Info) -> Message | None:
        """Show the newest message; those of a whole list are read at once."""
        row: Any = self
        if hasattr(row, "known_last_message"):
            return row.known_last_message  # type: ignore[no-any-return] # read already, by the live path
        key = row.last_message_id
        if key is None:
            return None
        viewer = viewer_of(info)
        return await load_row(info, key, lambda: models.Message.objects.visible_to(viewer))  # type: ignore[return-value]

    @strawberry_django.connection(Connection[Message], description="What was said, oldest first.", only=["id"])
    async def messages(self, info: Info) -> Iterable[Message]:
        """Return the history; the connection pages it, for a whole list of conversations at once."""
        rows = partial(selectors.find_messages, viewer=viewer_of(info))
        return Nested(rows, by="conversation", key=row_of(self, models.Conversation).pk)  # type: ignore[return-value]

    @strawberry_django.field(description="The log after a sequence, in order, to catch up with.", only=["id"])
    async def events(
        self,
        info: Info,
        after_sequence: Annotated[int, strawberry.argument(description="The last sequence you have.")],
        first: Annotated[
            int | None, strawberry.argument(description="How many at most, 1 to 100; 100 if left out.")
        ] = None,
    ) -> list[Annotated[ConversationEvent, strawberry.lazy("graphql_api.messaging.events")]]:
        """Return the next rows of the log."""
        from graphql_api.messaging.events import load_events  # noqa: PLC0415 # it shows this file's types

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
        """Show conversations to those who take part now."""
        return queryset.filter(pk__in=models.Conversation.objects.visible_to(viewer_of(info)).values("pk"))


def _came_along(message: models.Message, relation: str) -> bool:
    """Tell whether the rows were prefetched, as whoever delivers a message to many does."""
    return relation in getattr(message, "_prefetched_objects_cache", {})


def _present_people(info: Any) -> Any:
    return selectors.with_present_people(optimize(accounts.User.objects.all(), info=info))


def _find_writable(viewer: accounts.User | None, keys: Sequence[int]) -> Mapping[int, bool]:
    return dict.fromkeys(selectors.find_writable(viewer=viewer, conversation_ids=keys), True) if viewer else {}


def _find_changeable(viewer: accounts.User | None, keys: Sequence[int]) -> Mapping[int, bool]:
    return dict.fromkeys(selectors.find_changeable(viewer=viewer, conversation_ids=keys), True) if viewer else {}
