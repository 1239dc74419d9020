"""Showing somebody out: whoever manages the group may, and who is out is out at once."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.messaging import services
from tests.domains.messaging.log import log_of, present, refusal_of
from tests.factories import UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db

CHANGED = (1, "PARTICIPANTS_CHANGED")


def test_who_began_the_group_removes_somebody_and_the_log_says_so_once() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    group = conversation_between(ann, ben, cleo)
    for _ in range(2):
        services.remove_participant(actor=ann, conversation_id=group.pk, user_id=ben.pk)
    assert present(group) == {ann.pk, cleo.pk}
    assert log_of(group) == [CHANGED]
    (fact,) = OutboxEntry.objects.filter(fact="messaging.ParticipantsLeft")
    assert fact.payload == {"conversation_id": group.pk, "user_ids": [ben.pk], "actor_id": ann.pk}


def test_once_its_beginner_has_left_whoever_is_there_longest_manages_the_group() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    group = conversation_between(ann, ben, cleo)
    asked: dict[str, Any] = {"actor": ben, "conversation_id": group.pk, "user_id": cleo.pk}
    assert refusal_of(services.remove_participant, **asked) == [("FORBIDDEN", None)]
    services.leave_conversation(actor=ann, conversation_id=group.pk)
    services.remove_participant(**asked)
    assert present(group) == {ben.pk}
    services.add_participants(actor=ben, conversation_id=group.pk, user_ids=[ann.pk])
    assert refusal_of(services.remove_participant, actor=ben, conversation_id=group.pk, user_id=ann.pk) == [
        ("FORBIDDEN", None)
    ], "who began it is back, and manages it again"


def test_who_cannot_be_removed() -> None:
    ann, ben = UserFactory.create_batch(2)
    group, talk = conversation_between(ann, ben, is_group=True), conversation_between(ann, ben)

    def refused(user_id: int, actor=ann, conversation=group):
        return refusal_of(services.remove_participant, actor=actor, conversation_id=conversation.pk, user_id=user_id)

    assert refused(ann.pk) == [("INVALID", "user_id")]
    assert refused(UserFactory().pk) == [("NOT_FOUND", "user_id")]
    assert refused(0) == [("NOT_FOUND", "user_id")]
    assert refused(ben.pk, conversation=talk) == [("INVALID", "conversation_id")]
    assert refused(ben.pk, actor=UserFactory(overseer=True)) == [("NOT_FOUND", "conversation_id")]


@pytest.mark.django_db(transaction=True)
def test_what_a_removed_person_says_in_the_same_moment_comes_before_or_not_at_all() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    for _ in range(5):
        group = conversation_between(ann, ben, cleo)

        def act(number: int, group=group):
            if number:
                return services.send_message(actor=ben, conversation_id=group.pk, content="Wait!", client_id=uuid4())
            time.sleep(0.002)
            return services.remove_participant(actor=ann, conversation_id=group.pk, user_id=ben.pk)

        removed, said = at_once(act, 2)
        assert not isinstance(removed, Refused)
        kinds = [kind for _, kind in log_of(group)]
        assert kinds == (
            ["PARTICIPANTS_CHANGED"] if isinstance(said, Refused) else ["MESSAGE_SENT", "PARTICIPANTS_CHANGED"]
        )
        later = {"actor": ben, "conversation_id": group.pk, "content": "Hello?", "client_id": uuid4()}
        assert refusal_of(services.send_message, **later) == [("NOT_FOUND", "conversation_id")]
