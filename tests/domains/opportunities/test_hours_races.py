"""Reviews at the same moment: the volunteer's row is the queue, and the database's own promise stands behind it."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection

from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import HoursEntry, ServiceRecord
from tests.factories import ApplicationFactory, HoursEntryFactory, owner_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

needs_row_locks = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time, with or without the lock"
)


def owner_for(entry: HoursEntry):
    return owner_of(entry.application.role.opportunity.host)


def outcome(answer: HoursEntry | Refused | IntegrityError) -> str:
    if isinstance(answer, IntegrityError):
        return "IntegrityError"
    return str(answer.problems[0].code) if isinstance(answer, Refused) else str(answer.status.value)


def overlapping(times: int) -> list[HoursEntry]:
    """Return so many entries of one volunteer, each with an hour in common with the next, at as many hosts."""
    first = HoursEntryFactory()
    entries = [first]
    for number in range(1, times):
        application = ApplicationFactory(volunteer=first.volunteer, status="ACCEPTED", role__opportunity__past=True)
        started_at = first.started_at + timedelta(minutes=10 * number)
        entries.append(HoursEntryFactory(application=application, started_at=started_at))
    return entries


def approve_all(entries: list[HoursEntry]) -> list[Any]:
    owners = [owner_for(entry) for entry in entries]

    def approve(number: int) -> Any:
        try:
            return services.review_hours(actor=owners[number], hours_entry_id=entries[number].pk, approve=True)
        except IntegrityError as refused_by_the_database:
            return refused_by_the_database

    return at_once(approve, len(entries))


def without_the_lock(monkeypatch: pytest.MonkeyPatch, meeting: threading.Barrier) -> None:
    """Let all reviews look before any writes."""

    def look_only(volunteer_id: int) -> None:
        meeting.wait(timeout=30)

    def overlap(entry: HoursEntry) -> None:
        refuse(entry)
        meeting.wait(timeout=30)

    module = import_module("domains.opportunities.services.review_hours")
    refuse = module.refuse_overlap
    monkeypatch.setattr(module, "lock_volunteer", look_only)
    monkeypatch.setattr(module, "refuse_overlap", overlap)


def test_of_two_contrary_reviews_one_stands_and_the_other_learns_which() -> None:
    for _ in range(5):
        entry = HoursEntryFactory()
        owner = owner_for(entry)
        answers = at_once(
            lambda number, entry=entry, owner=owner: services.review_hours(  # type: ignore[misc]
                actor=owner, hours_entry_id=entry.pk, approve=number == 0
            ),
            2,
        )
        entry.refresh_from_db()
        assert Counter(map(outcome, answers)) == {entry.status.value: 1, "CONFLICT": 1}
        (lost,) = (answer for answer in answers if isinstance(answer, Refused))
        assert entry.status in lost.problems[0].message
    assert OutboxEntry.objects.filter(fact="opportunities.HoursReviewed").count() == 5


def test_of_many_approvals_of_the_same_time_one_is_made() -> None:
    answers = approve_all(overlapping(6))
    assert Counter(map(outcome, answers)) == {"APPROVED": 1, "OVERLAPS": 5}
    assert HoursEntry.objects.current().count() == 1


@needs_row_locks
def test_without_the_lock_only_the_constraint_keeps_approved_hours_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = overlapping(4)
    without_the_lock(monkeypatch, threading.Barrier(len(entries)))
    answers = approve_all(entries)
    assert Counter(map(outcome, answers)) == {"APPROVED": 1, "IntegrityError": 3}
    faults = [str(answer) for answer in answers if isinstance(answer, IntegrityError)]
    assert all("opportunities_hours_never_overlap" in fault for fault in faults)
    assert HoursEntry.objects.current().count() == 1


@needs_row_locks
def test_without_the_lock_the_loser_of_two_contrary_reviews_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = HoursEntryFactory()
    owner = owner_for(entry)
    meeting = threading.Barrier(2)
    module = import_module("domains.opportunities.services.review_hours")
    monkeypatch.setattr(module, "lock_volunteer", lambda volunteer_id: None)
    refresh = HoursEntry.refresh_from_db

    def look_together(self: HoursEntry, **how: Any) -> None:
        refresh(self, **how)
        meeting.wait(timeout=30)

    monkeypatch.setattr(HoursEntry, "refresh_from_db", look_together)

    def review(number: int) -> Any:
        try:
            return services.review_hours(actor=owner, hours_entry_id=entry.pk, approve=number == 0)
        except IntegrityError as refused_by_the_database:
            return refused_by_the_database

    assert "CONFLICT" not in set(map(outcome, at_once(review, 2)))


def test_the_same_hours_sent_many_times_at_once_are_logged_once() -> None:
    entry = HoursEntryFactory.build()
    application = ApplicationFactory(
        status="ACCEPTED", role__opportunity__past=True, role__opportunity__start_date=entry.started_at
    )

    def log(_: int) -> HoursEntry:
        return services.log_hours(
            actor=application.volunteer,
            application_id=application.pk,
            started_at=entry.started_at,
            ended_at=entry.ended_at,
        )

    answers = at_once(log, 6)
    assert {answer.pk for answer in answers if isinstance(answer, HoursEntry)} == {HoursEntry.objects.get().pk}
    assert not any(isinstance(answer, Refused) for answer in answers)


def test_the_same_record_asked_for_at_once_is_made_once() -> None:
    entry = HoursEntryFactory(approved=True)
    answers = at_once(lambda _: services.create_service_record(actor=entry.volunteer), 4)
    assert {answer.pk for answer in answers if isinstance(answer, ServiceRecord)} == {ServiceRecord.objects.get().pk}
    assert not any(isinstance(answer, Refused) for answer in answers)
