"""Questions about conversations; each starts at what its viewer takes part in now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from domains.accounts.models import User
from domains.messaging import tokens
from domains.messaging.matching import begins_words
from domains.messaging.models import (
    Conversation,
    ConversationEvent,
    ConversationQuerySet,
    Message,
    MessageAttachment,
    MessageAttachmentQuerySet,
    MessageQuerySet,
    Participant,
    Reaction,
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


def search_messages(*, viewer: User, words: Collection[str]) -> MessageQuerySet:
    """Return what was said in the viewer's conversations with words that begin like each of these, newest first."""
    rows = find_messages(viewer=viewer).filter(deleted_at__isnull=True)
    return begins_words(rows, "content", words).order_by("-sent_at", "-pk")


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


def find_attachments(*, viewer: User | None) -> MessageAttachmentQuerySet:
    """Return the files of the viewer's conversations in the order of their upload, and the viewer's own unsent ones."""
    return MessageAttachment.objects.visible_to(viewer).order_by("pk")


def get_linked_attachment(*, token: str) -> MessageAttachment | None:
    """Return the file that a link leads to, while its person may have it: active, and taking part still."""
    link = tokens.read_link(token)
    viewer = User.objects.filter(pk=link.viewer_id, is_active=True).first() if link else None
    if link is None or viewer is None:
        return None
    rows = find_attachments(viewer=viewer).filter(message__deleted_at__isnull=True)
    return rows.filter(pk=link.attachment_id).first()


@dataclass(frozen=True)
class ReactionCount:
    """An emoji under a message."""

    emoji: str
    count: int
    reacted_by_me: bool


def count_reactions(*, viewer: User | None, message_ids: Collection[int]) -> dict[int, list[ReactionCount]]:
    """Return the emoji under each message, in the order of their first use.

    Ask only for messages that were found as visible.
    """
    found: dict[int, list[ReactionCount]] = defaultdict(list)
    rows = (
        Reaction.objects.filter(message__in=message_ids)
        .values("message", "emoji")
        .annotate(first=Min("pk"), count=Count("pk"), mine=Count("pk", filter=Q(user=viewer)))
        .order_by("first")
    )
    for row in rows:
        found[row["message"]].append(ReactionCount(row["emoji"], row["count"], row["mine"] > 0))
    return found


def summed_up(reactions: Iterable[Reaction], *, viewer: User | None) -> list[ReactionCount]:
    """Return the same for one message whose reactions were read already."""
    people: dict[str, list[int]] = {}
    for reaction in sorted(reactions, key=lambda one: one.pk):
        people.setdefault(reaction.emoji, []).append(reaction.user_id)
    me = viewer.pk if viewer else None
    return [ReactionCount(emoji, len(keys), me in keys) for emoji, keys in people.items()]
