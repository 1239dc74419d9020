"""Shared by the tests of tickets: full events, people on a waitlist, and what must always hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.events import invariants
from domains.events.models import Event, EventTicket, TicketStatus
from tests.factories import EventFactory, EventTicketFactory, HostMembershipFactory
from tests.sql import rows_of


def full_event(slots: int = 1, waiting: int = 0, **fields: Any) -> tuple[Event, list[EventTicket]]:
    """Return an event whose slots are all taken, and its tickets: the issued ones, then the waitlist in order."""
    event = EventFactory(max_attendees=slots, **fields)
    issued = [EventTicketFactory(event=event) for _ in range(slots)]
    return event, [*issued, *waitlist(event, waiting)]


def waitlist(event: Event, number: int) -> list[EventTicket]:
    return [EventTicketFactory(event=event, status=TicketStatus.WAITLISTED) for _ in range(number)]


def member_of(event: Event, role: str) -> User:
    """Return a new member of the event's organization."""
    user = HostMembershipFactory(host=event.organization, role=role).user
    assert user
    return user


def statuses(tickets: list[EventTicket]) -> list[str]:
    """Return the statuses of the tickets now."""
    found = EventTicket.objects.in_bulk([ticket.pk for ticket in tickets])
    return [found[ticket.pk].status.value for ticket in tickets]


def refusals(act: Callable[[], Any]) -> list[tuple[str, str | None]]:
    """Return the codes and fields with which the act was refused; it must have changed nothing."""
    before = rows_of("events", "base")
    with pytest.raises(Refused) as refused:
        act()
    assert rows_of("events", "base") == before
    assert all(problem.message for problem in refused.value.problems)
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def message_of(act: Callable[[], Any]) -> str:
    """Return the sentence with which the act was refused."""
    with pytest.raises(Refused) as refused:
        act()
    (problem,) = refused.value.problems
    return problem.message


def published() -> list[tuple[str, dict[str, Any]]]:
    """Return the facts that were published, in order."""
    return [(entry.fact.removeprefix("events."), entry.payload) for entry in OutboxEntry.objects.order_by("pk")]


def end_offer(ticket: EventTicket) -> EventTicket:
    """Make the deadline of the ticket's offer pass."""
    EventTicket.objects.filter(pk=ticket.pk).update(offer_expires_at=timezone.now())
    return ticket


def assert_sound() -> None:
    """Nothing that must always hold of tickets is broken."""
    for rows in (
        invariants.events_count_their_tickets,
        invariants.waitlisted_tickets_have_a_position,
        invariants.check_ins_follow_from_scans,
    ):
        assert not rows().exists(), rows.__doc__
