"""Reading: the marker moves forward, never back and never past the end."""

from __future__ import annotations

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.messaging import selectors, services
from domains.messaging.models import Conversation
from tests.factories import MessageFactory, UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def marker(conversation: Conversation, user: User) -> int:
    return conversation.participations.get(user=user).read_up_to_sequence


def unread(conversation: Conversation, user: User) -> int:
    rows = selectors.find_conversations(viewer=user).annotate(unread=selectors.unread_count_of(user))
    return int(rows.filter(pk=conversation.pk).values_list("unread", flat=True).get())


def test_the_marker_only_moves_forward() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    MessageFactory.create_batch(5, conversation=conversation, sender=ann)
    assert (unread(conversation, ben), unread(conversation, ann)) == (5, 0)
    for said, becomes in ((3, 3), (1, 3), (0, 3), (999, 5)):
        services.mark_conversation_read(actor=ben, conversation_id=conversation.pk, up_to_sequence=said)
        assert marker(conversation, ben) == becomes
    assert unread(conversation, ben) == 0
    facts = [entry.payload["up_to_sequence"] for entry in OutboxEntry.objects.order_by("pk")]
    assert facts == [3, 5], "only a marker that moved is a fact"


def test_deleted_messages_and_ones_own_are_not_unread() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    MessageFactory(conversation=conversation, sender=ann)
    MessageFactory(conversation=conversation, sender=ann, deleted_at=timezone.now())
    MessageFactory(conversation=conversation, sender=ben)
    conversation.participations.update(read_up_to_sequence=0)
    assert (unread(conversation, ben), unread(conversation, ann)) == (1, 1)


def test_others_cannot_mark_and_nonsense_is_refused() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    MessageFactory(conversation=conversation, sender=ann)
    conversation.participations.filter(user=ben).update(left_at=timezone.now())
    for actor, sequence, code in ((ben, 1, "NOT_FOUND"), (UserFactory(), 1, "NOT_FOUND"), (ann, -1, "INVALID")):
        with pytest.raises(Refused) as refused:
            services.mark_conversation_read(actor=actor, conversation_id=conversation.pk, up_to_sequence=sequence)
        assert [str(problem.code) for problem in refused.value.problems] == [code]
    assert marker(conversation, ben) == 0
    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_markers_from_two_devices_at_once_end_at_the_further_one() -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    MessageFactory.create_batch(8, conversation=conversation, sender=ann)
    at_once(
        lambda number: services.mark_conversation_read(
            actor=ben, conversation_id=conversation.pk, up_to_sequence=number + 1
        ),
        8,
    )
    assert marker(conversation, ben) == 8
