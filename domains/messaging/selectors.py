"""Queries about conversations; each starts from the conversations that the viewer is a participant of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from domains.accounts.models import Block, User, pair_key
from domains.base.texts import filter_by_word_prefixes
from domains.messaging import policies, tokens
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

#: The attribute of a conversation that `prefetch_participants` fills.
PARTICIPANTS_ATTRIBUTE = "present_participations"


def find_conversations(*, viewer: User) -> ConversationQuerySet:
    """Return the viewer's conversations, newest activity first."""
    return Conversation.objects.visible_to(viewer).order_by("-last_activity_at", "-pk")


def find_conversation(*, viewer: User | None, conversation_id: int) -> ConversationQuerySet:
    """Return the one conversation, or nothing if the viewer is no participant."""
    return Conversation.objects.visible_to(viewer).filter(pk=conversation_id)


def find_last_sequences(*, conversation_ids: Collection[int]) -> dict[int, int]:
    """Return the last sequence of each conversation.

    For the live path, which checks access by `find_permitted_subscribers`.
    """
    return dict(Conversation.objects.filter(pk__in=conversation_ids).values_list("pk", "last_sequence"))


def find_permitted_subscribers(*, conversation_ids: Collection[int]) -> dict[int, set[int]]:
    """Return, by conversation, the ids of the people who may follow it live now.

    These are its active participants; none in a direct conversation in which one has blocked the other.
    """
    blocks = Block.objects.filter(
        blocker__participations__conversation=OuterRef("conversation"),
        blocked__participations__conversation=OuterRef("conversation"),
    )
    # A CASE, so that blocks are searched for direct conversations only: PostgreSQL runs the EXISTS for each row.
    is_closed = Case(When(conversation__is_group=True, then=Value(False)), default=Exists(blocks))
    rows = Participant.objects.filter(conversation__in=conversation_ids, left_at__isnull=True, user__is_active=True)
    permitted = rows.annotate(is_closed=is_closed).filter(is_closed=False)
    found: dict[int, set[int]] = {key: set() for key in conversation_ids}
    for conversation_id, user_id in permitted.values_list("conversation", "user"):
        found[conversation_id].add(user_id)
    return found


def get_last_sequence(*, viewer_id: int, conversation_id: int) -> int | None:
    """Return the last sequence of a conversation, or None if the viewer may not follow it live."""
    if viewer_id not in find_permitted_subscribers(conversation_ids=[conversation_id])[conversation_id]:
        return None
    return find_last_sequences(conversation_ids=[conversation_id])[conversation_id]


def find_joined_sequences(*, viewer_id: int) -> dict[int, int]:
    """Return, for each conversation the viewer is a participant of now, the last sequence before they joined it."""
    first_event = (
        ConversationEvent.objects.filter(conversation=OuterRef("conversation"), at__gte=OuterRef("joined_at"))
        .order_by("sequence")
        .values("sequence")[:1]
    )
    rows = Participant.objects.filter(user=viewer_id, left_at__isnull=True, user__is_active=True)
    first = Coalesce(Subquery(first_event), F("conversation__last_sequence") + 1)
    return {key: sequence - 1 for key, sequence in rows.values_list("conversation", first)}


def find_overviews(*, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Conversation]:
    """Return, for each pair of conversation and viewer, the conversation as that viewer's list shows it.

    Each has its `unread_count`, its participants and its last message; the number of statements does not
    depend on the number of pairs. Pass only viewers that `find_permitted_subscribers` has found.
    """
    keys, viewers = {key for key, _ in pairs}, {viewer for _, viewer in pairs}
    rows = Conversation.objects.filter(pk__in=keys).prefetch_related(prefetch_participants())
    shared: dict[int, Any] = rows.annotate(last_message_id=last_message_id()).in_bulk()
    last = find_sent_messages(ids=[row.last_message_id for row in shared.values() if row.last_message_id])
    unread = _unread_counts(keys, viewers)
    found = {}
    for key, viewer in pairs:
        if key in shared:
            row: Any = copy(shared[key])
            row.unread_count = unread.get((key, viewer), 0)
            row.known_last_message = last.get(row.last_message_id)
            found[key, viewer] = row
    return found


def find_sent_messages(*, ids: Collection[int]) -> dict[int, Message]:
    """Return messages with senders, files and reactions; pass only messages of conversations that may be seen."""
    rows = Message.objects.select_related("sender").prefetch_related("attachments", "reactions")
    return rows.in_bulk(set(ids))


def _unread_counts(keys: Collection[int], viewers: Collection[int]) -> dict[tuple[int, int], int]:
    unread = Q(
        conversation__messages__sequence__gt=F("read_up_to_sequence"), conversation__messages__deleted_at__isnull=True
    ) & (Q(conversation__messages__sender__isnull=True) | ~Q(conversation__messages__sender=F("user")))
    rows = Participant.objects.filter(unread, conversation__in=keys, user__in=viewers).values("conversation", "user")
    counted = rows.annotate(count=Count("conversation__messages"))
    return {(row["conversation"], row["user"]): row["count"] for row in counted}


def find_log(*, conversation_id: int, after_sequence: int, limit: int) -> QuerySet[ConversationEvent]:
    """Return the rows of the log after a sequence, in order, with their messages and senders.

    For the live path, which reads once for all subscribers and checks the access of each by
    `find_permitted_subscribers`.
    """
    files = MessageAttachment.objects.filter(message=OuterRef("message"))
    reactions = Reaction.objects.filter(message=OuterRef("message"))
    return (
        ConversationEvent.objects.filter(conversation=conversation_id, sequence__gt=after_sequence)
        .select_related("message__sender")
        .annotate(has_files=Exists(files), has_reactions=Exists(reactions))
        .order_by("sequence")[:limit]
    )


def find_messages(*, viewer: User | None) -> MessageQuerySet:
    """Return the messages of the viewer's conversations, oldest first; deleted messages are included, without text."""
    return Message.objects.visible_to(viewer).order_by("sequence")


def search_messages(*, viewer: User, words: Collection[str]) -> MessageQuerySet:
    """Return messages of the viewer's conversations in which each of these words begins a word, newest first."""
    rows = find_messages(viewer=viewer).filter(deleted_at__isnull=True)
    return filter_by_word_prefixes(rows, "content", words).order_by("-sent_at", "-pk")


def find_events(
    *, viewer: User | None, conversation_ids: Collection[int], after_sequence: int, limit: int
) -> QuerySet[ConversationEvent]:
    """Return the rows of each conversation's log after a sequence, in order, at most `limit` for each."""
    rows = ConversationEvent.objects.filter(
        conversation__in=Conversation.objects.visible_to(viewer).filter(pk__in=conversation_ids),
        sequence__gt=after_sequence,
    ).order_by("sequence")
    if len(conversation_ids) == 1:
        return rows[:limit]
    place = Window(RowNumber(), partition_by="conversation", order_by="sequence")
    return rows.annotate(place=place).filter(place__lte=limit)


def find_participants(
    *, conversation_ids: Collection[int], people: QuerySet[User] | None = None
) -> dict[int, list[User]]:
    """Return the current participants of each conversation; pass only conversations that the viewer may see.

    They come in the order of joining; `people` is the queryset that loads them.
    """
    present: dict[int, list[User]] = {key: [] for key in conversation_ids}
    for row in _participations(people).filter(conversation__in=conversation_ids):
        present[row.conversation_id].append(row.user)
    return present


def get_direct_id(*, one_id: int, other_id: int) -> int | None:
    """Return the id of the direct conversation of two people, if there is one; for the system."""
    direct = Conversation.objects.filter(direct_key=pair_key(one_id, other_id))
    return direct.values_list("pk", flat=True).first()


def find_writable(*, viewer: User, conversation_ids: Collection[int]) -> set[int]:
    """Return in which of the conversations the viewer may write now, by at most three statements."""
    return _find_open(viewer, conversation_ids, allow_other_left=False)


def find_changeable(*, viewer: User, conversation_ids: Collection[int]) -> set[int]:
    """Like `find_writable`, for changing messages already sent: that is possible after the other person left, too."""
    return _find_open(viewer, conversation_ids, allow_other_left=True)


def _find_open(viewer: User, conversation_ids: Collection[int], *, allow_other_left: bool) -> set[int]:
    rows = Participant.objects.filter(
        Q(user=viewer, left_at__isnull=True) | Q(conversation__is_group=False), conversation__in=conversation_ids
    )
    if not allow_other_left:
        rows = rows.filter(left_at__isnull=True)
    found = list(rows.values_list("conversation", "user", "conversation__is_group", "left_at"))
    partners = {key: user for key, user, _, _ in found if user != viewer.pk}
    unreachable = policies.find_unreachable_among(actor=viewer, keys=set(partners.values()))
    reachable = {key for key, user in partners.items() if user not in unreachable}
    own = ((key, is_group) for key, user, is_group, left_at in found if user == viewer.pk and left_at is None)
    return {key for key, is_group in own if is_group or key in reachable}


def prefetch_participants(people: QuerySet[User] | None = None) -> Prefetch[Any]:
    """Return the prefetch of the current participants of many conversations (read them by `participants_of`)."""
    return Prefetch("participations", queryset=_participations(people), to_attr=PARTICIPANTS_ATTRIBUTE)


def participants_of(conversation: Conversation) -> list[User]:
    """Return the current participants, from the prefetch if there was one."""
    rows = getattr(conversation, PARTICIPANTS_ATTRIBUTE, None)
    if rows is None:
        return find_participants(conversation_ids=[conversation.pk])[conversation.pk]
    return [row.user for row in rows]


def _participations(people: QuerySet[User] | None) -> QuerySet[Participant]:
    rows = Participant.objects.filter(left_at__isnull=True).order_by("joined_at", "pk")
    if people is None:
        return rows.select_related("user")
    return rows.prefetch_related(Prefetch("user", queryset=people))


def unread_count_of(viewer: User | None) -> Coalesce:
    """Return the expression that counts the messages of others that the viewer has not read yet."""
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
    """Return the expression for the id of a conversation's last message."""
    return Subquery(Message.objects.filter(conversation=OuterRef("pk")).order_by("-sequence").values("pk")[:1])


def find_attachments(*, viewer: User | None) -> MessageAttachmentQuerySet:
    """Return the files of the viewer's conversations in the order of their upload, and the viewer's own unsent ones."""
    return MessageAttachment.objects.visible_to(viewer).order_by("pk")


def get_linked_attachment(*, token: str) -> MessageAttachment | None:
    """Return the file of a link, as long as the link's viewer is active and still a participant."""
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

    Pass only messages that the viewer may see.
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


def count_loaded_reactions(reactions: Iterable[Reaction], *, viewer: User | None) -> list[ReactionCount]:
    """Like `count_reactions`, for one message whose reactions are loaded already."""
    people: dict[str, list[int]] = {}
    for reaction in sorted(reactions, key=lambda one: one.pk):
        people.setdefault(reaction.emoji, []).append(reaction.user_id)
    me = viewer.pk if viewer else None
    return [ReactionCount(emoji, len(keys), me in keys) for emoji, keys in people.items()]
