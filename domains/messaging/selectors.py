"""Questions about conversations; each starts at what its viewer takes part in now."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from domains.accounts.models import Block, User, pair_key
from domains.messaging import policies
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
    *, viewer: User | None, conversation_ids: Collection[int], after_sequence: int, limit: int
) -> QuerySet[ConversationEvent]:
    """Return, of the log of each conversation, the rows after a sequence, in order, as many as the limit says."""
    rows = ConversationEvent.objects.filter(
        conversation__in=Conversation.objects.visible_to(viewer).filter(pk__in=conversation_ids),
        sequence__gt=after_sequence,
    ).order_by("sequence")
    if len(conversation_ids) == 1:
        return rows[:limit]
    place = Window(RowNumber(), partition_by="conversation", order_by="sequence")
    return rows.annotate(place=place).filter(place__lte=limit)


def find_people(*, conversation_ids: Collection[int], people: QuerySet[User] | None = None) -> dict[int, list[User]]:
    """Return who takes part now in each conversation; ask only for conversations that were found as visible.

    They come in the order of joining; `people` says with what around them.
    """
    present: dict[int, list[User]] = {key: [] for key in conversation_ids}
    for row in _participations(people).filter(conversation__in=conversation_ids):
        present[row.conversation_id].append(row.user)
    return present


def find_reader(*, viewer: User, conversation_id: int, reader_id: int) -> User | None:
    """Return the person if both they and the viewer take part now."""
    seen = find_conversation(viewer=viewer, conversation_id=conversation_id)
    rows = Participant.objects.filter(conversation__in=seen, user=reader_id, left_at__isnull=True)
    row = rows.select_related("user").first()
    return row.user if row else None


def find_followers(conversation_id: int) -> set[int]:
    """Return the ids of those who may follow a conversation live: active people who take part now.

    Nobody follows a direct conversation while one of the two blocks the other. For the system: it has no viewer.
    """
    blocks = Block.objects.filter(
        blocker__participations__conversation=OuterRef("conversation"),
        blocked__participations__conversation=OuterRef("conversation"),
    )
    rows = Participant.objects.filter(conversation=conversation_id, left_at__isnull=True, user__is_active=True)
    return set(rows.exclude(Exists(blocks), conversation__is_group=False).values_list("user", flat=True))


def get_direct_id(*, one_id: int, other_id: int) -> int | None:
    """Return the id of the direct conversation of two people, if there is one; for the system."""
    direct = Conversation.objects.filter(direct_key=pair_key(one_id, other_id))
    return direct.values_list("pk", flat=True).first()


def find_writable(*, viewer: User, conversation_ids: Collection[int]) -> set[int]:
    """Return in which of the conversations the viewer may write now: four statements at the most, however many."""
    rows = Participant.objects.filter(conversation__in=conversation_ids)
    mine = set(rows.filter(user=viewer, left_at__isnull=True).values_list("conversation", flat=True))
    direct = rows.filter(conversation__is_group=False).exclude(user=viewer)
    partners = dict(direct.values_list("conversation", "user"))
    away = policies.find_out_of_reach_among(actor=viewer, keys=set(partners.values()))
    return {key for key in mine if partners.get(key) not in away}


def with_present_people(people: QuerySet[User] | None = None) -> Prefetch[Any]:
    """Return what prefetches, for many conversations at once, who takes part now (read them by `people_of`)."""
    return Prefetch("participations", queryset=_participations(people), to_attr=PRESENT)


def people_of(conversation: Conversation) -> list[User]:
    """Return who takes part now, from the prefetch if there was one."""
    rows = getattr(conversation, PRESENT, None)
    if rows is None:
        return find_people(conversation_ids=[conversation.pk])[conversation.pk]
    return [row.user for row in rows]


def _participations(people: QuerySet[User] | None) -> QuerySet[Participant]:
    rows = Participant.objects.filter(left_at__isnull=True).order_by("joined_at", "pk")
    if people is None:
        return rows.select_related("user")
    return rows.prefetch_related(Prefetch("user", queryset=people))


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
