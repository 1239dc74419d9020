"""Starting a conversation: direct between two people, or a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.errors import AccountCode
from domains.accounts.models import Block, User, pair_key
from domains.base import bus, locks, rates
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.events.models import Event
from domains.messaging import facts
from domains.messaging.errors import MessagingCode
from domains.messaging.models import Conversation, ConversationEventKind, Participant
from domains.messaging.policies import (
    Subject,
    can_change_subject,
    can_start_conversation,
    find_unreachable,
    reason_not_to_start,
)
from domains.messaging.services.append_event import append_event
from domains.messaging.services.wording import clean_title
from domains.opportunities.models import Opportunity

MAX_PARTICIPANTS = 250
RATE_LIMIT, RATE_SECONDS = 30, 600
#: Refusal of a group; it does not say which of the people are out of reach, or why.
UNREACHABLE_MESSAGE = "You cannot begin a group with all of these people."


def start_conversation(
    *,
    actor: User,
    participant_ids: Sequence[int],
    title: str = "",
    is_group: bool | None = None,
    opportunity_id: int | None = None,
    event_id: int | None = None,
) -> Conversation:
    """Return a conversation of the actor with these people; the actor's own id among them is ignored.

    Two people share one direct conversation. If either asks for it again, it is returned, and an actor who had left
    it is a participant again; the other person, if they have left, returns by their own call only. If the opportunity
    or event differs from the conversation's, the conversation is about the new one and counts as started by the actor:
    that is how a minor asks a member of an organization whom they have talked with before.
    Without `is_group`, two or more other people make a group.
    Refuses with EMAIL_NOT_VERIFIED, REQUIRED, INVALID (also an opportunity and an event at once), FULL, TOO_LONG,
    NOT_FOUND, FORBIDDEN (one of the people is out of the actor's reach) and RATE_LIMITED.
    """
    if not can_start_conversation(actor):
        raise NotAllowed("Prove your address before you write to people.", AccountCode.EMAIL_NOT_VERIFIED)
    others = sorted(set(participant_ids) - {actor.pk})
    _check_shape(bool(participant_ids), others, is_group)
    title = clean_title(title)
    rates.spend(what="start_conversation", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    people = list(User.objects.filter(pk__in=others, is_active=True))
    if len(people) != len(others):
        raise NotFound("person", "participant_ids")
    subject = _find_subject(actor, opportunity_id, event_id)
    if is_group or len(others) > 1:
        if find_unreachable(actor=actor, people=people):
            raise NotAllowed(UNREACHABLE_MESSAGE)
        with transaction.atomic():
            return _create(Conversation(title=title, is_group=True, **columns_of(subject)), actor, people)
    return _start_direct(Conversation(title=title, **columns_of(subject)), actor, people[0], subject)


def _check_shape(named_anybody: bool, others: list[int], is_group: bool | None) -> None:
    field = "participant_ids"
    if not named_anybody:
        raise Refused.because(Code.REQUIRED, "Name at least one person to write to.", field)
    if not others:
        raise Refused.because(Code.INVALID, "Name somebody other than yourself.", field)
    if is_group is False and len(others) > 1:
        raise Refused.because(Code.INVALID, "A direct conversation is with one person; ask for a group.", field)
    if len(others) >= MAX_PARTICIPANTS:
        raise Refused.because(MessagingCode.FULL, f"A group has at most {MAX_PARTICIPANTS} people, with you.", field)


def _find_subject(actor: User, opportunity_id: int | None, event_id: int | None) -> Subject | None:
    if opportunity_id is not None and event_id is not None:
        message = "A conversation is about an opportunity or about an event; name one of them."
        raise Refused.because(Code.INVALID, message, "event_id")
    if opportunity_id is not None:
        opportunity = Opportunity.objects.visible_to(actor).filter(pk=opportunity_id).first()
        if opportunity is None:
            raise NotFound("opportunity", "opportunity_id")
        return opportunity
    if event_id is not None:
        event = Event.objects.visible_to(actor).filter(pk=event_id).first()
        if event is None:
            raise NotFound("event", "event_id")
        return event
    return None


def columns_of(subject: Subject | None) -> dict[str, Any]:
    """Return the columns of a conversation about the opportunity or event, or about nothing."""
    return {
        "opportunity": subject if isinstance(subject, Opportunity) else None,
        "event": subject if isinstance(subject, Event) else None,
    }


def _start_direct(conversation: Conversation, actor: User, other: User, subject: Subject | None) -> Conversation:
    conversation.direct_key = pair_key(actor.pk, other.pk)
    with transaction.atomic():
        locks.hold_shared(what=Block.PAIR_LOCK, key=conversation.direct_key)
        if sentence := reason_not_to_start(actor=actor, person=other, subject=subject):
            raise NotAllowed(sentence)
        known = Conversation.objects.select_for_update().filter(direct_key=conversation.direct_key).first()
        if known is None:
            try:
                with transaction.atomic():
                    return _create(conversation, actor, [other])
            except IntegrityError:
                # The other person has just started it: there is one per pair.
                known = Conversation.objects.select_for_update().get(direct_key=conversation.direct_key)
        if subject is not None and can_change_subject(actor=actor, person=other, subject=subject):
            _change_subject(known, actor, subject)
        returned = known.participations.filter(user=actor, left_at__isnull=False)
        if returned.update(left_at=None, joined_at=timezone.now()):
            append_event(conversation=known, kind=ConversationEventKind.PARTICIPANTS_CHANGED, actor=actor)
            bus.publish(facts.ParticipantsAdded(conversation_id=known.pk, user_ids=[actor.pk], actor_id=actor.pk))
        return known


def _change_subject(conversation: Conversation, actor: User, subject: Subject) -> None:
    """Make the locked conversation about the opportunity or event, as started by the actor."""
    columns = {**columns_of(subject), "created_by": actor}
    if any(getattr(conversation, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(conversation, name, value)
        conversation.save(update_fields=list(columns))


def _create(conversation: Conversation, actor: User, others: list[User]) -> Conversation:
    conversation.created_by = actor
    conversation.save(force_insert=True)
    Participant.objects.bulk_create(
        Participant(conversation=conversation, user=user, joined_at=conversation.created_at)
        for user in (actor, *others)
    )
    bus.publish(facts.ConversationStarted(conversation_id=conversation.pk))
    return conversation
