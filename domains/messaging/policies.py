"""Who may talk with whom, and who may not: blocked people, and adults with somebody who may be under 18."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from domains.accounts.models import Block, User
from domains.accounts.policies import may_be_minor
from domains.events.models import LIVE_TICKET_STATUSES, EventTicket
from domains.messaging.models import Conversation, Message, Participant
from domains.opportunities.models import LIVE_STATUSES, MANAGING_ROLES, Application, HostMembership, Opportunity

#: How long after it was sent a message can be changed, by the server's clock.
EDITABLE_FOR = timedelta(minutes=15)
BLOCKED = "You cannot write to each other."
NO_CONTEXT = "You can write to each other once you share an opportunity, an event or a group."


def can_start_conversation(user: User) -> bool:
    """I may write to people once I have proved that my address is mine."""
    return user.is_active and user.is_email_verified


@dataclass(frozen=True)
class ConversationAccess:
    """What somebody's part in a conversation is, and what stands between the two of a direct one."""

    takes_part: bool = False
    is_blocked: bool = False
    #: Whether the other of a direct conversation has left it.
    is_alone: bool = False
    #: The adult and the minor, where the two are that.
    guarded: tuple[int, int] | None = None


def find_access(*, actor: User, conversation: Conversation) -> ConversationAccess:
    """Return the actor's access, by one statement; read it under the conversation's lock."""
    rows = Participant.objects.filter(conversation=conversation)
    if conversation.direct_key is None:
        return ConversationAccess(takes_part=rows.filter(user=actor, left_at__isnull=True).exists())
    pair = [int(key) for key in conversation.direct_key.split(":")]
    blocked = Exists(Block.objects.filter(blocker__in=pair, blocked__in=pair))
    found = rows.annotate(is_blocked=blocked).values_list("user", "left_at", "user__profile__birth_year", "is_blocked")
    years = {key: year for key, _, year, _ in found}
    return ConversationAccess(
        takes_part=any(key == actor.pk and left_at is None for key, left_at, _, _ in found),
        is_blocked=any(is_blocked for *_, is_blocked in found),
        is_alone=all(key == actor.pk or left_at is not None for key, left_at, _, _ in found),
        guarded=_guarded(years),
    )


def reason_unreachable(access: ConversationAccess) -> str | None:
    """I may not write to whom I have blocked or who has blocked me, nor across 18 without something in common.

    Returns the sentence of the refusal, which is the same for both and whoever blocked, or None.
    """
    if access.is_blocked:
        return BLOCKED
    if access.guarded and not _share_context(*access.guarded):
        return NO_CONTEXT
    return None


def reason_not_to_start(*, actor: User, person: User, opportunity: Opportunity | None = None) -> str | None:
    """I may begin to talk with somebody under the same rules, or if I ask their organization about its opportunity.

    Returns the sentence of the refusal, or None.
    """
    people = _look_at(actor, [person.pk])
    guarded = _guarded({key: year for key, (year, _) in people.items()})
    is_blocked = any(is_blocked for _, is_blocked in people.values())
    asks = _asks(actor, person, opportunity, guarded)
    return reason_unreachable(ConversationAccess(is_blocked=is_blocked, guarded=None if asks else guarded))


def can_change_subject(*, actor: User, person: User, opportunity: Opportunity) -> bool:
    """I may turn our talk to an opportunity; across 18 only a minor may, and only to one of the adult's organization.

    So the minor's question stays the minor's: the adult cannot put another in its place, to keep what it opened.
    """
    guarded = _guarded({key: year for key, (year, _) in _look_at(actor, [person.pk]).items()})
    return guarded is None or _asks(actor, person, opportunity, guarded)


def _asks(actor: User, person: User, opportunity: Opportunity | None, guarded: tuple[int, int] | None) -> bool:
    """Return whether a minor asks an adult about an opportunity of the adult's organization."""
    return (
        opportunity is not None
        and guarded == (person.pk, actor.pk)
        and HostMembership.objects.accepted().filter(user=person, host=opportunity.host_id).exists()
    )


def find_unreachable(*, actor: User, people: Collection[User]) -> set[int]:
    """I may not draw people into a talk who have blocked me, nor those whom I have blocked.

    Nor anybody across 18 with whom I have nothing in common. Costs two statements at the most.
    """
    return find_unreachable_among(actor=actor, keys=[person.pk for person in people])


def find_unreachable_among(*, actor: User, keys: Collection[int]) -> set[int]:
    """Return the same for the keys of people."""
    others = _look_at(actor, keys)
    year, _ = others.pop(actor.pk, (None, False))
    is_minor = may_be_minor(year)
    blocked = {key for key, (_, is_blocked) in others.items() if is_blocked}
    guarded = {key for key, (year, _) in others.items() if may_be_minor(year) != is_minor} - blocked
    if not guarded:
        return blocked
    either = (OuterRef("pk"), actor.pk) if is_minor else (actor.pk, OuterRef("pk"))
    near = User.objects.filter(_common_ground(*either), pk__in=guarded).values_list("pk", flat=True)
    return blocked | guarded - set(near)


def _look_at(actor: User, keys: Collection[int]) -> dict[int, tuple[int | None, bool]]:
    """Return the birth year of the actor and of each person, and whether a block is between the two."""
    blocked = Block.objects.filter(
        Q(blocker=actor, blocked=OuterRef("pk")) | Q(blocker=OuterRef("pk"), blocked=actor),
    )
    rows = User.objects.filter(pk__in={*keys, actor.pk}).annotate(is_blocked=Exists(blocked))
    return {
        key: (year, is_blocked) for key, year, is_blocked in rows.values_list("pk", "profile__birth_year", "is_blocked")
    }


def _guarded(years: dict[int, int | None]) -> tuple[int, int] | None:
    """Return the adult and the minor, if that is what the two people are."""
    minors = [key for key, year in years.items() if may_be_minor(year)]
    adults = [key for key in years if key not in minors]
    return (adults[0], minors[0]) if adults and minors else None


def _share_context(adult: int, minor: int) -> bool:
    return User.objects.filter(_common_ground(adult, minor), pk=minor).exists()


def _common_ground(adult: Any, minor: Any) -> Q:
    """Return what an adult and a minor must have in common to talk; each is a key, or refers to the outer row's."""
    applied = Application.objects.filter(volunteer=minor, status__in=LIVE_STATUSES)
    coming = EventTicket.objects.filter(attendee=minor, status__in=LIVE_TICKET_STATUSES)
    both_apply = applied.filter(
        role__opportunity__roles__applications__volunteer=adult,
        role__opportunity__roles__applications__status__in=LIVE_STATUSES,
    )
    applies_to = applied.filter(
        role__opportunity__host__memberships__user=adult,
        role__opportunity__host__memberships__accepted_at__isnull=False,
    )
    both_come = coming.filter(event__tickets__attendee=adult, event__tickets__status__in=LIVE_TICKET_STATUSES)
    comes_to = coming.filter(
        Q(event__host=adult)
        | Q(
            event__organization__memberships__user=adult,
            event__organization__memberships__accepted_at__isnull=False,
            event__organization__memberships__role__in=MANAGING_ROLES,
        )
    )
    rows = (both_apply, applies_to, both_come, comes_to, _groups_of(adult, minor), _questions_to(adult, minor))
    return reduce(or_, (Q(Exists(found)) for found in rows))


def _groups_of(adult: Any, minor: Any) -> QuerySet[Participant]:
    """Return the minor's part in groups where both are now; those that the adult began would be a way around."""
    return Participant.objects.filter(
        user=minor,
        left_at__isnull=True,
        conversation__is_group=True,
        conversation__participations__user=adult,
        conversation__participations__left_at__isnull=True,
    ).exclude(conversation__created_by=adult)


def _questions_to(adult: Any, minor: Any) -> QuerySet[Conversation]:
    """Return the direct conversation that the minor began about something of the adult's organization, and is in."""
    return Conversation.objects.filter(
        is_group=False,
        created_by=minor,
        participations__user=adult,
        opportunity__host__memberships__user=adult,
        opportunity__host__memberships__accepted_at__isnull=False,
    ).filter(participations__user=minor, participations__left_at__isnull=True)


def can_change_message(user: User | None, message: Message, *, now: datetime) -> bool:
    """I may change the words of my message for 15 minutes, while it is there.

    I must be able to write to the other of a direct conversation, too: `selectors.find_changeable` says where I can.
    """
    return can_delete_message(user, message) and now - message.sent_at <= EDITABLE_FOR


def can_delete_message(user: User | None, message: Message) -> bool:
    """I may take my message back at any time, once, while I take part; what is gone cannot be taken back again."""
    return user is not None and message.sender_id == user.pk and message.deleted_at is None


def can_remove_participants(user: User, conversation: Conversation) -> bool:
    """I may show people out of a group that I began; once its beginner has left, whoever is there longest may."""
    present = list(
        conversation.participations.filter(left_at__isnull=True)
        .order_by("joined_at", "pk")
        .values_list("user", flat=True)
    )
    manager = conversation.created_by_id if conversation.created_by_id in present else next(iter(present), None)
    return user.pk == manager
