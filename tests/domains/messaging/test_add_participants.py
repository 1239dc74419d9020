"""Bringing people into a group: whoever takes part may, up to its size, and only people within reach."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.utils import timezone

from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.messaging import selectors, services
from domains.messaging.models import Conversation, Participant
from tests.domains.messaging.log import log_of, present, refusal_of
from tests.factories import BlockFactory, MessageFactory, UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SERVICE = sys.modules["domains.messaging.services.add_participants"]


def test_people_come_in_see_what_was_said_and_have_nothing_unread() -> None:
    ann, ben, cleo, dora = UserFactory.create_batch(4)
    group = conversation_between(ann, ben, is_group=True)
    MessageFactory(conversation=group, sender=ann)
    services.add_participants(actor=ben, conversation_id=group.pk, user_ids=[cleo.pk, dora.pk, cleo.pk, ann.pk])
    assert present(group) == {ann.pk, ben.pk, cleo.pk, dora.pk}
    assert log_of(group) == [(1, "MESSAGE_SENT"), (2, "PARTICIPANTS_CHANGED")]
    seen: Any = selectors.find_conversations(viewer=cleo).annotate(unread=selectors.unread_count_of(cleo)).get()
    assert (seen, seen.unread) == (group, 0)
    assert selectors.find_messages(viewer=cleo).count() == 1
    (fact,) = OutboxEntry.objects.filter(fact="messaging.ParticipantsAdded")
    assert fact.payload == {"conversation_id": group.pk, "user_ids": [cleo.pk, dora.pk], "actor_id": ben.pk}
    services.add_participants(actor=ben, conversation_id=group.pk, user_ids=[cleo.pk, ben.pk])
    assert len(log_of(group)) == 2, "they are there already"


def test_who_had_left_is_brought_back_as_the_last_to_join() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    group = conversation_between(ann, ben, cleo)
    services.leave_conversation(actor=ben, conversation_id=group.pk)
    services.add_participants(actor=ann, conversation_id=group.pk, user_ids=[ben.pk])
    assert [user.pk for user in selectors.find_participants(conversation_ids=[group.pk])[group.pk]] == [
        ann.pk, cleo.pk, ben.pk,
    ]  # fmt: skip
    assert Participant.objects.filter(conversation=group).count() == 3


def test_who_cannot_be_brought_in(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    group = conversation_between(ann, ben, is_group=True)

    def refused(*keys: int, actor=ann, conversation: Conversation = group):
        return refusal_of(services.add_participants, actor=actor, conversation_id=conversation.pk, user_ids=list(keys))

    assert refused() == [("REQUIRED", "user_ids")]
    assert refused(cleo.pk, 0) == [("NOT_FOUND", "user_ids")]
    assert refused(UserFactory(is_active=False).pk) == [("NOT_FOUND", "user_ids")]
    assert refused(BlockFactory(blocked=ann).blocker_id) == [("FORBIDDEN", "user_ids")]
    assert refused(BlockFactory(blocker=ann).blocked_id) == [("FORBIDDEN", "user_ids")]
    assert refused(cleo.pk, actor=cleo) == [("NOT_FOUND", "conversation_id")]
    assert refused(cleo.pk, conversation=conversation_between(ann, ben)) == [("INVALID", "conversation_id")]
    assert refused(cleo.pk, actor=UserFactory(unverified=True)) == [("EMAIL_NOT_VERIFIED", None)]
    monkeypatch.setattr(SERVICE, "MAX_PARTICIPANTS", 2)
    assert refused(cleo.pk) == [("FULL", "user_ids")]
    assert present(group) == {ann.pk, ben.pk}


@pytest.mark.django_db(transaction=True)
def test_leaving_while_one_is_brought_in_leaves_a_whole_log() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    for _ in range(5):
        group = conversation_between(ann, ben, cleo)

        def act(number: int, group=group):
            if number:
                return services.leave_conversation(actor=ben, conversation_id=group.pk)
            return services.add_participants(actor=ann, conversation_id=group.pk, user_ids=[ben.pk])

        left_last = not any(isinstance(answer, Refused) for answer in at_once(act, 2))
        assert left_last
        rows = log_of(group)
        # Either he was there still, so that bringing him in changed nothing, or he left and was brought back.
        assert (len(rows), present(group)) in [(1, {ann.pk, cleo.pk}), (2, {ann.pk, ben.pk, cleo.pk})]


@pytest.mark.django_db(transaction=True)
def test_the_same_person_brought_in_many_times_at_once_is_there_once() -> None:
    people = UserFactory.create_batch(3)
    group, newcomer = conversation_between(*people), UserFactory()
    at_once(
        lambda number: services.add_participants(
            actor=people[number % 3], conversation_id=group.pk, user_ids=[newcomer.pk]
        ),
        6,
    )
    assert log_of(group) == [(1, "PARTICIPANTS_CHANGED")]
    assert group.participations.filter(user=newcomer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_group_is_never_fuller_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SERVICE, "MAX_PARTICIPANTS", 4)
    people = UserFactory.create_batch(3)
    group, others = conversation_between(*people), UserFactory.create_batch(4)
    at_once(
        lambda number: services.add_participants(
            actor=people[number % 3], conversation_id=group.pk, user_ids=[others[number].pk]
        ),
        4,
    )
    assert len(present(group)) == 4
    assert Participant.objects.filter(conversation=group, joined_at__lte=timezone.now()).count() == 4
