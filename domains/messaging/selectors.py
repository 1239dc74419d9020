"""Questions about conversations; each starts at what its viewer takes part in now."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from domains.accounts.models import User
from domains.messaging.models import (
    Conversation,
    ConversationEvent,
    ConversationQuerySet,
    Message,
    MessageQuerySet,
    Participant,
)

#: The attribute of a conversation that `with_present_people` fills.
PRESENT = "present_participations"


def find_conversations(*, viewer: User) -> ConversationQuerySet:
    """Return the viewer's conversations, newest activity first."""
    return Conversation.objects.visible_to(viewer).order_by("-last_activity_at", "-pk")


def find_conversation(*, viewer: User | None, conversation_id: int) -> ConversationQuerySet:
    """Return the one conversation, or nothing if the viewer does not take part in it."""
    return Conversation.objects.visible_to(viewer).filter(pk=conversation_id)


def get_head(*, viewer: User, conversation_id: int) -> int | None:
    """Return the last sequence of a conversation, or None if the viewer does not take part in it."""
    return (
        find_conversation(viewer=viewer, conversation_id=conversation_id)
        .values_list("last_sequence", flat=True)
        .first()
    )


def find_messages(*, viewer: User | None) -> MessageQuerySet:
    """Return what was said in the viewer's conversations, oldest first; deleted messages stay as their place."""
    return Message.objects.visible_to(viewer).order_by("sequence")


def find_events(
    *, viewer: User | None, conversation_id: int, after_sequence: int, limit: int
) -> QuerySet[ConversationEvent]:
    """Return the rows of the log after a sequence, in order, with their messages and senders: one statement."""
    return (
        ConversationEvent.objects.filter(
            conversation__in=find_conversation(viewer=viewer, conversation_id=conversation_id),
            sequence__gt=after_sequence,
        )
        .select_related("message__sender")
        .order_by("sequence")[:limit]
    )


def find_people(*, conversation_id: int) -> list[User]:
    """Return who takes part now, in the order of joining; ask only for a conversation that was found as visible."""
    rows = Participant.objects.filter(conversation=conversation_id, left_at__isnull=True)
    return [row.user for row in rows.select_related("user").order_by("joined_at", "pk")]


def find_reader(*, viewer: User, conversation_id: int, reader_id: int) -> User | None:
    """Return the person if both they and the viewer take part now."""
    seen = find_conversation(viewer=viewer, conversation_id=conversation_id)
    rows = Participant.objects.filter(conversation__in=seen, user=reader_id, left_at__isnull=True)
    row = rows.select_related("user").first()
    return row.user if row else None


def with_present_people(people: QuerySet[User] | None = None) -> Prefetch[Any]:
    """Return what prefetches, for many conversations at once, who takes part now (read them by `people_of`)."""
    rows = Participant.objects.filter(left_at__isnull=True).order_by("joined_at", "pk")
    rows = rows.select_related("user") if people is None else rows.prefetch_related(Prefetch("user", queryset=people))
    return Prefetch("participations", queryset=rows, to_attr=PRESENT)


def people_of(conversation: Conversation) -> list[User]:
    """Return who takes part now, from the prefetch if there was one."""
    rows = getattr(conversation, PRESENT, None)
    return find_people(conversation_id=conversation.pk) if rows is None else [row.user for row in rows]


def unread_count_of(viewer: User | None) -> Coalesce:
    """Return the expression that counts what others said in a conversation since the viewer read it."""
    marker = Participant.objects.filter(conversation=OuterRef(OuterRef("pk")), user=viewer)
    unread = (
        Message.objects.filter(
            conversation=OuterRef("pk"),
            sequence__gt=Subquery(marker.values("read_up_to_sequence")[:1]),
            deleted_at__isnull=True,
        )
        .exclude(sender=viewer)
        .order_by()
        .values("conversation")
    )
    return Coalesce(Subquery(unread.annotate(count=Count("pk")).values("count")), 0)


def last_message_id() -> Subquery:
    """Return the expression that names a conversation's last message."""
    return Subquery(Message.objects.filter(conversation=OuterRef("pk")).order_by("-sequence").values("pk")[:1])
