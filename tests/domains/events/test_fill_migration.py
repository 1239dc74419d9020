"""A community that was there before: its events, tickets and scans get what check-in needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from domains.events import invariants
from domains.events.models import Event, EventTicket
from tests.factories import UserFactory

BEFORE, AFTER = [("events", "0002_events_of_erased")], [("events", "0005_check_in_rules")]


@pytest.fixture
def old_tables() -> Iterator[MigrationExecutor]:
    """The tables as they were; whatever the test does, they are today's in the end."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield MigrationExecutor(connection)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_tickets_keep_what_they_were_and_what_is_missing_is_filled_in(old_tables: MigrationExecutor) -> None:
    apps = old_tables.loader.project_state(BEFORE).apps
    begins = timezone.now() + timedelta(days=1)
    common = {"host_id": UserFactory().pk, "event_date": begins, "end_date": begins}
    events = apps.get_model("events", "Event").objects
    event = events.create(title="Picnic", max_attendees=3, tickets_taken=3, **common)
    canceled = events.create(title="Rained off", status="CANCELLED", max_attendees=0, **common)
    tickets = apps.get_model("events", "EventTicket").objects
    for number, status in enumerate(("ISSUED", "OFFERED", "WAITLISTED", "CANCELLED", "ISSUED")):
        tickets.create(event=event, attendee_id=UserFactory().pk, status=status, ticket_code=f"{number}" * 40)
    old_tables.migrate(AFTER)
    rows = EventTicket.objects.order_by("pk")
    assert [row.status for row in rows] == ["ISSUED", "OFFERED", "WAITLISTED", "CANCELLED", "ISSUED"]
    assert all(len(row.ticket_code) == 16 for row in rows)
    offered, waitlisted = rows[1], rows[2]
    assert offered.is_overdue(timezone.now()), "its slot goes to the next at the next run"
    assert waitlisted.waitlisted_at == waitlisted.claimed_at
    assert not invariants.events_count_their_tickets().exists()
    assert not invariants.waitlisted_tickets_have_a_position().exists()
    assert Event.objects.get(pk=canceled.pk).max_attendees is None
    assert Event.objects.get(pk=event.pk).end_date == begins + timedelta(hours=2)
