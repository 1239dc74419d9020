"""Adding people to a group."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from domains.accounts.errors import AccountCode
from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.messaging import facts
from domains.messaging.errors import MessagingCode
from domains.messaging.models import Conversation, ConversationEventKind, Participant
from domains.messaging.policies import can_start_conversation, find_unreachable
from domains.messaging.services.append_event import append_event
from domains.messaging.services.locks import lock_group
from domains.messaging.services.start_conversation import MAX_PARTICIPANTS

RATE_LIMIT, RATE_SECONDS = 60, 600


def add_participants(*, actor: User, conversation_id: int, user_ids: Collection[int]) -> Conversation:
    """The people are participants of the group, also if they had left it, and see its earlier messages.

    Earlier messages do not count as unread. Nothing changes for people who are participants already. Refuses with
    EMAIL_NOT_VERIFIED, REQUIRED, RATE_LIMITED, NOT_FOUND (the group, or one of the people), INVALID (no group),
    FORBIDDEN (one of the people is out of the actor's reach) and FULL.
    """
    if not can_start_conversation(actor):
        raise NotAllowed("Prove your address before you write to people.", AccountCode.EMAIL_NOT_VERIFIED)
    wanted = set(user_ids)
    if not wanted:
        raise Refused.because(Code.REQUIRED, "Name at least one person to add.", "user_ids")
    rates.spend(what="add_participants", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    with transaction.atomic():
        conversation = lock_group(actor=actor, conversation_id=conversation_id)
        present = set(conversation.participations.filter(left_at__isnull=True).values_list("user", flat=True))
        newcomers = _find_newcomers(actor, wanted - present, room=MAX_PARTICIPANTS - len(present))
        if newcomers:
            _add(conversation, newcomers)
            append_event(conversation=conversation, kind=ConversationEventKind.PARTICIPANTS_CHANGED, actor=actor)
            keys = [user.pk for user in newcomers]
            bus.publish(facts.ParticipantsAdded(conversation_id=conversation.pk, user_ids=keys, actor_id=actor.pk))
        return conversation


def _find_newcomers(actor: User, keys: set[int], *, room: int) -> list[User]:
    if len(keys) > room:
        raise Refused.because(MessagingCode.FULL, f"A group has at most {MAX_PARTICIPANTS} people.", "user_ids")
    people = list(User.objects.filter(pk__in=keys, is_active=True).order_by("pk"))
    if len(people) != len(keys):
        raise NotFound("person", "user_ids")
    if people and find_unreachable(actor=actor, people=people):
        raise Refused.because(Code.FORBIDDEN, "You cannot add at least one of these people.", "user_ids")
    return people


def _add(conversation: Conversation, newcomers: list[User]) -> None:
    now, read = timezone.now(), conversation.last_sequence
    former = conversation.participations.filter(user__in=newcomers)
    known = set(former.values_list("user", flat=True))
    former.update(left_at=None, joined_at=now, read_up_to_sequence=read)
    Participant.objects.bulk_create(
        Participant(conversation=conversation, user=user, joined_at=now, read_up_to_sequence=read)
        for user in newcomers
        if user.pk not in known
    )
