"""What is unread is asked for in two ways, of one's list and of many people at once: both say the same."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.messaging.models import Conversation, Message
from domains.messaging.selectors import find_conversations, find_overviews, unread_count_of
from tests.factories import MessageFactory, UserFactory, conversation_between

pytestmark = pytest.mark.django_db


def talk_at_random(chance: random.Random, people: list[User], gone: User, *, is_group: bool = True) -> Conversation:
    talk = conversation_between(*people, is_group=is_group)
    for _ in range(chance.randrange(12)):
        deleted_at = chance.choice([None, None, timezone.now()])
        MessageFactory(conversation=talk, sender=chance.choice([*people, gone]), deleted_at=deleted_at)
    for row in talk.participations.all():
        row.read_up_to_sequence = chance.randint(0, talk.last_sequence)
        row.save()
    return talk


def counted_by_hand(talk: Conversation, person: User) -> int:
    marker = talk.participations.get(user=person).read_up_to_sequence
    rows = Message.objects.filter(conversation=talk)
    return len([row for row in rows if row.sequence > marker and not row.deleted_at and row.sender_id != person.pk])


@pytest.mark.parametrize("seed", range(5))
def test_both_ways_to_count_what_is_unread_agree(seed: int) -> None:
    chance = random.Random(seed)
    people, gone = UserFactory.create_batch(4), UserFactory()
    talks = [talk_at_random(chance, chance.sample(people, chance.randint(2, 4)), gone) for _ in range(12)]
    talks.append(talk_at_random(chance, people[:2], gone, is_group=False))
    gone.delete()
    assert Message.objects.filter(sender=None).exists()
    pairs = [(talk, person) for talk in talks for person in people if talk.participations.filter(user=person).exists()]
    of_many: dict[tuple[int, int], Any] = find_overviews(pairs=[(talk.pk, person.pk) for talk, person in pairs])
    of_one: dict[Any, int] = {}
    for person in people:
        rows = find_conversations(viewer=person).values_list("pk", unread_count_of(person))
        of_one |= {(key, person.pk): count for key, count in rows}
    assert {key: row.unread_count for key, row in of_many.items()} == of_one
    assert of_one == {(talk.pk, person.pk): counted_by_hand(talk, person) for talk, person in pairs}
    assert any(of_one.values())
