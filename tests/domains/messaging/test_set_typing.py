"""Typing: told to those who follow, seldom enough, and stored nowhere."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.utils import timezone

from domains.base import live
from domains.messaging import services
from tests.domains.messaging.log import refusal_of
from tests.factories import UserFactory, conversation_between
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, int | str]]]:
    broadcasts: list[tuple[str, dict[str, int | str]]] = []
    monkeypatch.setattr(live, "broadcast", lambda group, **ids: broadcasts.append((group, ids)))
    return broadcasts


def test_others_are_told_at_most_once_in_two_seconds_and_nothing_is_stored(told: list) -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    talk, other = conversation_between(ann, ben), conversation_between(ann, cleo)
    before = rows_of("messaging", "base")
    for _ in range(5):
        assert services.set_typing(actor=ann, conversation_id=talk.pk, is_typing=True) is True
    assert services.set_typing(actor=ann, conversation_id=talk.pk, is_typing=False) is False
    services.set_typing(actor=ben, conversation_id=talk.pk, is_typing=False)
    services.set_typing(actor=ann, conversation_id=other.pk, is_typing=True)
    assert told == [
        (f"conversation.{talk.pk}", {"participant_id": ann.pk, "is_typing": True}),
        (f"conversation.{talk.pk}", {"participant_id": ben.pk, "is_typing": False}),
        (f"conversation.{other.pk}", {"participant_id": ann.pk, "is_typing": True}),
    ]
    assert rows_of("messaging", "base") == before


def test_only_those_who_take_part_now_show_that_they_type(told: list) -> None:
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    talk.participations.filter(user=ben).update(left_at=timezone.now())
    for actor in (ben, UserFactory(overseer=True)):
        refused = refusal_of(services.set_typing, actor=actor, conversation_id=talk.pk, is_typing=True)
        assert refused == [("NOT_FOUND", "conversation_id")]
    assert told == []


def test_without_the_cache_nobody_is_told_and_nothing_fails(told: list, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)

    def fail(*_: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", fail, raising=False)
    assert services.set_typing(actor=ann, conversation_id=talk.pk, is_typing=True) is True
    assert told == []
