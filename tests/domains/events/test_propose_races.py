"""Proposing hours in several processes at once, while the volunteer logs and confirms: the volunteer's lock."""

from __future__ import annotations

import threading
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from domains.base.errors import Refused
from domains.events import services
from domains.events.models import EventTicket
from domains.opportunities import invariants
from domains.opportunities import services as opportunities
from domains.opportunities.models import HoursEntry
from tests.attendance import (
    HOUR,
    NOON,
    THREE,
    application_of,
    enter,
    leave,
    propose,
    proposed_to,
    the_proposal,
    volunteer_at_event,
)
from tests.factories import owner_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

needs_row_locks = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time, with or without the lock"
)
TIMES = 5


def propose_alone(ticket: EventTicket) -> None:
    services.propose_hours(event_id=ticket.event_id, ticket_ids=[ticket.pk])


def log_by_hand(ticket: EventTicket, start: datetime, end: datetime) -> HoursEntry:
    application = application_of(ticket)
    return opportunities.log_hours(
        actor=ticket.attendee, application_id=application.pk, started_at=start, ended_at=end, note="By hand."
    )


def test_many_runs_at_once_propose_each_stay_once() -> None:
    for _ in range(TIMES):
        ticket = volunteer_at_event()
        enter(ticket, NOON)
        leave(ticket, NOON + HOUR)
        enter(ticket, NOON + 2 * HOUR)
        acts = [lambda: propose_alone(ticket), services.propose_hours_of_ended_events]  # noqa: B023 - called at once
        answers = at_once(lambda number, acts=acts: acts[number % 2](), 6)  # type: ignore[misc]
        assert not any(isinstance(answer, Refused) for answer in answers)
        assert proposed_to(ticket) == [(NOON, NOON + HOUR), (NOON + 2 * HOUR, THREE)]


def test_a_stay_is_confirmed_or_logged_by_hand_or_proposed_and_never_two_of_these() -> None:
    for _ in range(TIMES):
        ticket = volunteer_at_event()
        enter(ticket, NOON)
        leave(ticket, NOON + HOUR)
        propose(ticket)
        entry = the_proposal(ticket)
        leave(ticket, THREE, outcome="NOT_INSIDE")
        acts = [
            lambda: propose_alone(ticket),  # noqa: B023 - called at once
            lambda: log_by_hand(ticket, NOON, NOON + 2 * HOUR),  # noqa: B023 - called at once
            lambda: opportunities.log_hours(actor=ticket.attendee, hours_entry_id=entry.pk),  # noqa: B023 - as above
        ]
        at_once(lambda number, acts=acts: acts[number % 3](), 6)  # type: ignore[misc]
        assert not invariants.proposals_overlap_nothing().exists()
        assert set(HoursEntry.objects.filter(volunteer=ticket.attendee).values_list("status", flat=True)) == {
            "SUBMITTED"
        }


def test_an_application_that_ends_meanwhile_leaves_no_proposal() -> None:
    for _ in range(TIMES):
        ticket = volunteer_at_event()
        enter(ticket, NOON)
        application = application_of(ticket)
        end: dict[str, Any] = {
            "actor": owner_of(application.role.opportunity.host),
            "application_id": application.pk,
            "attended": False,
        }
        acts = [
            lambda: propose_alone(ticket),  # noqa: B023 - called at once
            lambda: opportunities.complete_application(**end),  # noqa: B023 - called at once
        ]
        at_once(lambda number, acts=acts: acts[number % 2](), 4)  # type: ignore[misc]
        assert proposed_to(ticket) == []


def race_of_an_old_and_a_new_run(monkeypatch: pytest.MonkeyPatch) -> EventTicket:
    """Let a run that has read no exit write after a later run that has read it, if nothing makes the later one wait."""
    module = import_module("domains.events.services.propose_hours")
    ticket = volunteer_at_event()
    enter(ticket, NOON)
    has_read, is_done = threading.Event(), threading.Event()
    find = module.find_stays

    def find_slowly(**what: Any) -> Any:
        stays = find(**what)
        if threading.current_thread().name == "old":
            has_read.set()
            is_done.wait(timeout=1)
        return stays

    monkeypatch.setattr(module, "find_stays", find_slowly)

    def run() -> None:
        try:
            propose_alone(ticket)
        finally:
            connection.close()

    old = threading.Thread(target=run, name="old")
    old.start()
    assert has_read.wait(timeout=10)
    leave(ticket, NOON + HOUR)
    new = threading.Thread(target=run, name="new")
    new.start()
    new.join(timeout=1)
    is_done.set()
    for thread in (old, new):
        thread.join(timeout=10)
    return ticket


@needs_row_locks
def test_a_run_that_has_read_fewer_scans_does_not_overwrite_a_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = race_of_an_old_and_a_new_run(monkeypatch)
    assert proposed_to(ticket) == [(NOON, NOON + HOUR)]


@needs_row_locks
def test_without_the_lock_the_run_that_has_read_fewer_scans_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opportunities, "lock_volunteer", lambda volunteer_id: None)
    ticket = race_of_an_old_and_a_new_run(monkeypatch)
    assert proposed_to(ticket) == [(NOON, THREE)]


@needs_row_locks
def test_without_the_lock_hours_logged_meanwhile_are_proposed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = volunteer_at_event()
    enter(ticket, NOON)
    module = import_module("domains.opportunities.services.propose_hours")
    look = module._settled_stays

    def look_then_wait(*what: Any) -> Any:
        settled = look(*what)
        at_once(lambda _: log_by_hand(ticket, NOON, THREE), 1)
        return settled

    monkeypatch.setattr(module, "_settled_stays", look_then_wait)
    monkeypatch.setattr(module, "lock_volunteer", lambda volunteer_id: None)
    monkeypatch.setattr(opportunities, "lock_volunteer", lambda volunteer_id: None)
    with pytest.raises(Exception, match="opportunities_hours_once"):
        propose_alone(ticket)
    leave(ticket, THREE - HOUR)
    HoursEntry.objects.all().delete()
    propose_alone(ticket)
    assert invariants.proposals_overlap_nothing().exists()
