"""Who may write to whom, and who may change what: each rule answers yes or no, or with the reason of a refusal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from domains.accounts.models import Block, User
from domains.accounts.policies import may_be_minor
from domains.events.models import Event
from domains.messaging.minors import adult_and_minor, common_ground, has_common_ground
from domains.messaging.models import Conversation, Message, Participant
from domains.opportunities.models import HostMembership, Opportunity

#: What a conversation can be about.
Subject = Opportunity | Event
#: How long after it was sent a message can be changed, by the server's clock.
EDIT_WINDOW = timedelta(minutes=15)
BLOCKED = "You cannot write to each other."
NO_CONTEXT = "You can write to each other once you share an opportunity, an event or a group."


def can_start_conversation(user: User) -> bool:
    """I may write to people once I have proved that my address is mine."""
    return user.is_active and user.is_email_verified


@dataclass(frozen=True)
class ConversationAccess:
    """What a person may do in a conversation, and why not, as it was read under the conversation's lock."""

    is_participant: bool = False
    is_blocked: bool = False
    #: Whether the other of a direct conversation has left it.
    has_other_left: bool = False
    #: The adult and the minor, where the two are that.
    minor_pair: tuple[int, int] | None = None


def find_access(*, actor: User, conversation: Conversation) -> ConversationAccess:
    """Return the actor's access, by one statement; read it under the conversation's lock."""
    rows = Participant.objects.filter(conversation=conversation)
    if conversation.direct_key is None:
        return ConversationAccess(is_participant=rows.filter(user=actor, left_at__isnull=True).exists())
    pair = [int(key) for key in conversation.direct_key.split(":")]
    blocked = Exists(Block.objects.filter(blocker__in=pair, blocked__in=pair))
    found = rows.annotate(is_blocked=blocked).values_list("user", "left_at", "user__profile__birth_year", "is_blocked")
    years = {key: year for key, _, year, _ in found}
    return ConversationAccess(
        is_participant=any(key == actor.pk and left_at is None for key, left_at, _, _ in found),
        is_blocked=any(is_blocked for *_, is_blocked in found),
        has_other_left=all(key == actor.pk or left_at is not None for key, left_at, _, _ in found),
        minor_pair=adult_and_minor(years),
    )


def reason_unreachable(access: ConversationAccess) -> str | None:
    """I may not write to a person if one of us has blocked the other, nor across 18 without something in common.

    Returns the sentence of the refusal, or None. It does not tell which of the two has blocked the other.
    """
    if access.is_blocked:
        return BLOCKED
    if access.minor_pair and not has_common_ground(*access.minor_pair):
        return NO_CONTEXT
    return None


def reason_not_to_start(*, actor: User, person: User, subject: Subject | None = None) -> str | None:
    """I may start a conversation under the same rules, or as a minor with a question about what they organize.

    Returns the sentence of the refusal, or None.
    """
    people = _read_people(actor, [person.pk])
    minor_pair = adult_and_minor({key: year for key, (year, _) in people.items()})
    is_blocked = any(is_blocked for _, is_blocked in people.values())
    is_question = _is_question_of_minor(actor, person, subject, minor_pair)
    return reason_unreachable(ConversationAccess(is_blocked=is_blocked, minor_pair=None if is_question else minor_pair))


def can_change_subject(*, actor: User, person: User, subject: Subject) -> bool:
    """I may set what our conversation is about; across 18 only the minor may, to something that the adult organizes.

    So the minor's question stays the minor's: the adult cannot put another in its place to keep the conversation open.
    """
    minor_pair = adult_and_minor({key: year for key, (year, _) in _read_people(actor, [person.pk]).items()})
    return minor_pair is None or _is_question_of_minor(actor, person, subject, minor_pair)


def _is_question_of_minor(
    actor: User, person: User, subject: Subject | None, minor_pair: tuple[int, int] | None
) -> bool:
    """Return whether a minor asks an adult about an opportunity or an event that the adult organizes."""
    return subject is not None and minor_pair == (person.pk, actor.pk) and _is_organized_by(person, subject)


def _is_organized_by(person: User, subject: Subject) -> bool:
    """Return whether the person belongs to the organization of it, or created an event that has none."""
    if isinstance(subject, Event) and subject.organization_id is None:
        return subject.host_id == person.pk
    host_id = subject.organization_id if isinstance(subject, Event) else subject.host_id
    return HostMembership.objects.accepted().filter(user=person, host=host_id).exists()


def find_unreachable(*, actor: User, people: Collection[User]) -> set[int]:
    """I may not add people to a conversation if one of us has blocked the other.

    Nor may I add a person across 18 with whom I have nothing in common. Returns their keys, by at most two statements.
    """
    return find_unreachable_among(actor=actor, keys=[person.pk for person in people])


def find_unreachable_among(*, actor: User, keys: Collection[int]) -> set[int]:
    """Return the same for the keys of people."""
    others = _read_people(actor, keys)
    year, _ = others.pop(actor.pk, (None, False))
    is_minor = may_be_minor(year)
    blocked = {key for key, (_, is_blocked) in others.items() if is_blocked}
    across_age = {key for key, (year, _) in others.items() if may_be_minor(year) != is_minor} - blocked
    if not across_age:
        return blocked
    adult_and_minor_ids = (OuterRef("pk"), actor.pk) if is_minor else (actor.pk, OuterRef("pk"))
    reachable = User.objects.filter(common_ground(*adult_and_minor_ids), pk__in=across_age).values_list("pk", flat=True)
    return blocked | across_age - set(reachable)


def _read_people(actor: User, keys: Collection[int]) -> dict[int, tuple[int | None, bool]]:
    """Return the birth year of the actor and of each person, and whether a block is between the two."""
    blocked = Block.objects.filter(
        Q(blocker=actor, blocked=OuterRef("pk")) | Q(blocker=OuterRef("pk"), blocked=actor),
    )
    rows = User.objects.filter(pk__in={*keys, actor.pk}).annotate(is_blocked=Exists(blocked))
    return {
        key: (year, is_blocked) for key, year, is_blocked in rows.values_list("pk", "profile__birth_year", "is_blocked")
    }


def can_change_message(user: User | None, message: Message, *, now: datetime) -> bool:
    """I may edit the text of my message for 15 minutes, unless it is deleted.

    I must be able to write to the other of a direct conversation, too: `selectors.find_changeable` says where I can.
    """
    return can_delete_message(user, message) and now - message.sent_at <= EDIT_WINDOW


def can_delete_message(user: User | None, message: Message) -> bool:
    """I may delete my message at any time, while I take part and it is not deleted yet."""
    return user is not None and message.sender_id == user.pk and message.deleted_at is None


def can_remove_participants(user: User, conversation: Conversation) -> bool:
    """I may remove people from a group that I started; once its creator has left, its longest participant may."""
    present = list(
        conversation.participations.filter(left_at__isnull=True)
        .order_by("joined_at", "pk")
        .values_list("user", flat=True)
    )
    manager = conversation.created_by_id if conversation.created_by_id in present else next(iter(present), None)
    return user.pk == manager
