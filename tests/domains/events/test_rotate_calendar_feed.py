"""Replacing the address of a calendar feed: the earlier ones lead nowhere."""

from __future__ import annotations

import sys
import threading
from datetime import datetime

import pytest
from django.db import connection
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import NotSignedIn
from domains.events import services
from domains.events.models import CalendarFeed
from domains.events.selectors.calendars import find_feed_numbers
from tests.factories import CalendarFeedFactory, UserFactory
from tests.sql import rows_of
from tests.threads import at_once


@pytest.mark.django_db
def test_each_call_gives_a_new_number_to_the_caller_only() -> None:
    person, other = UserFactory.create_batch(2)
    assert [services.rotate_calendar_feed(actor=person).number for _ in range(3)] == [1, 2, 3]
    assert find_feed_numbers(user_ids=[person.pk, other.pk]) == {person.pk: 3}


@pytest.mark.django_db
def test_a_closed_account_has_no_new_address() -> None:
    person = UserFactory()
    User.objects.filter(pk=person.pk).update(is_active=False)
    before = rows_of("events")
    with pytest.raises(NotSignedIn):
        services.rotate_calendar_feed(actor=person)
    assert rows_of("events") == before


@pytest.mark.django_db(transaction=True)
def test_two_at_once_give_two_numbers() -> None:
    person = UserFactory()
    feeds = at_once(lambda _: services.rotate_calendar_feed(actor=person), 8)
    numbers = sorted(feed.number for feed in feeds if isinstance(feed, CalendarFeed))
    assert numbers == list(range(1, 9))


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time, with or without the lock"
)
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_at_once_give_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both have read the row before one of them writes."""
    person = CalendarFeedFactory(number=1).user
    both_have_read = threading.Barrier(2)

    class Clock:
        @staticmethod
        def now() -> datetime:
            both_have_read.wait(timeout=20)
            return timezone.now()

    rotating = sys.modules["domains.events.services.rotate_calendar_feed"]
    monkeypatch.setattr(rotating, "lock_self", lambda actor: actor)
    monkeypatch.setattr(rotating, "timezone", Clock)
    feeds = at_once(lambda _: services.rotate_calendar_feed(actor=person), 2)
    assert [feed.number for feed in feeds if isinstance(feed, CalendarFeed)] == [2, 2]
