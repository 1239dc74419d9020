"""Going: nothing is seen any more, and nobody is written to who is not there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from domains.base.models import OutboxEntry
from domains.messaging import selectors, services
from tests.domains.messaging.log import log_of, present, refusal_of
from tests.factories import MessageFactory, UserFactory, conversation_between

pytestmark = pytest.mark.django_db

CHANGED = (1, "PARTICIPANTS_CHANGED")


def test_who_leaves_sees_nothing_more_and_the_log_says_so_once() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    group = conversation_between(ann, ben, cleo)
    services.leave_conversation(actor=ben, conversation_id=group.pk)
    assert present(group) == {ann.pk, cleo.pk}
    assert log_of(group) == [CHANGED]
    assert not selectors.find_conversations(viewer=ben).exists()
    assert [entry.fact for entry in OutboxEntry.objects.order_by("pk")] == [
        "messaging.ConversationChanged",
        "messaging.ParticipantsLeft",
    ]
    assert refusal_of(services.leave_conversation, actor=ben, conversation_id=group.pk) == [
        ("NOT_FOUND", "conversation_id")
    ]
    assert refusal_of(services.leave_conversation, actor=UserFactory(overseer=True), conversation_id=group.pk) == [
        ("NOT_FOUND", "conversation_id")
    ]


def test_a_direct_conversation_that_the_other_has_left_is_closed_until_they_come_back() -> None:
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    said = MessageFactory(conversation=talk, sender=ann)
    services.leave_conversation(actor=ben, conversation_id=talk.pk)
    send: dict[str, Any] = {"actor": ann, "conversation_id": talk.pk, "content": "Are you there?"}
    assert refusal_of(services.send_message, **send, client_id=uuid4()) == [("CLOSED", "conversation_id")]
    assert services.send_message(**send, client_id=said.client_id) == said, "what was sent already is answered"
    services.start_conversation(actor=ben, participant_ids=[ann.pk])
    assert services.send_message(**send, client_id=uuid4()).sequence == 4


def test_the_last_one_in_a_group_may_leave_too() -> None:
    ann, ben = UserFactory.create_batch(2)
    group = conversation_between(ann, ben, is_group=True)
    for person in (ann, ben):
        services.leave_conversation(actor=person, conversation_id=group.pk)
    assert present(group) == set()
    assert len(log_of(group)) == 2
