"""Canceling events: tickets end with them, and everybody with one is notified once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from domains.base import bus
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.events.models import Event, EventChange, EventStatus, EventTicket, TicketStatus
from domains.events.services import cancel_by_staff, cancel_event, cancel_events_of_host
from domains.notifications.models import Notification
from tests.factories import EventFactory, EventTicketFactory, OpportunityHostFactory, UserFactory, creator_of
from tests.sql import statements_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_live_ticket_ends_and_its_holder_is_notified_once() -> None:
    event = EventFactory(title="Street picnic")
    tickets = {status: EventTicketFactory(event=event, status=status) for status in TicketStatus}
    elsewhere = EventTicketFactory()
    for _ in range(2):
        cancel_event(actor=creator_of(event), event_id=event.pk, reason=" It  rains. ")
    bus.deliver_overdue()
    event.refresh_from_db()
    assert (event.status, event.cancelled_reason, event.tickets_taken) == (EventStatus.CANCELLED, "It rains.", 0)
    assert set(event.tickets.values_list("status", flat=True)) == {"CANCELLED"}
    assert event.tickets.filter(cancelled_at=event.cancelled_at).count() == 3
    elsewhere.refresh_from_db()
    assert elsewhere.status == TicketStatus.ISSUED
    notified = list(Notification.objects.values_list("recipient", flat=True))
    live = [ticket.attendee_id for status, ticket in tickets.items() if status != TicketStatus.CANCELLED]
    assert sorted(notified) == sorted(live)
    news = Notification.objects.first()
    assert news
    assert (news.title, news.body) == ("Canceled: Street picnic", "Your ticket is no longer valid. It rains.")
    call_command("check_invariants")


def test_it_costs_the_same_with_one_ticket_and_with_five() -> None:
    def cost(number: int) -> int:
        event = EventFactory()
        EventTicketFactory.create_batch(number, event=event)
        bus.set_delivery_executor(lambda _: None)
        try:
            return len(statements_of(lambda: cancel_event(actor=creator_of(event), event_id=event.pk)))
        finally:
            bus.set_delivery_executor(None)

    assert cost(1) == cost(5)


@pytest.mark.parametrize(
    ("event", "code"), [({"draft": True}, "CONFLICT"), ({"past": True}, "CONFLICT")], ids=["a draft", "over"]
)
def test_there_is_nothing_to_cancel(event: dict[str, Any], code: str) -> None:
    row = EventFactory(**event)
    with pytest.raises(Refused) as refused:
        cancel_event(actor=creator_of(row), event_id=row.pk)
    assert refused.value.problems[0].code == code
    assert not EventChange.objects.exists()


def test_only_organizers_cancel() -> None:
    event = EventTicketFactory().event
    with pytest.raises(Refused) as refused:
        cancel_event(actor=UserFactory(), event_id=event.pk)
    assert refused.value.problems[0].code == "FORBIDDEN"
    assert EventTicket.objects.get().status == TicketStatus.ISSUED


def test_a_reason_has_a_maximum_length() -> None:
    event = EventFactory()
    with pytest.raises(Refused) as refused:
        cancel_event(actor=creator_of(event), event_id=event.pk, reason="x" * 501)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("TOO_LONG", "reason")]


def test_organizers_are_notified_of_what_staff_cancel() -> None:
    event = EventFactory()
    cancel_by_staff(event_id=event.pk, reason="It is spam.")
    bus.deliver_overdue()
    assert [news.recipient for news in Notification.objects.all()] == [event.host]
    assert EventChange.objects.get().actor is None


def test_the_events_of_an_organization_that_nobody_runs_are_canceled() -> None:
    host = OpportunityHostFactory()
    coming, draft = EventFactory(organization=host), EventFactory(organization=host, draft=True)
    past, other = EventFactory(organization=host, past=True), EventFactory()
    for _ in range(2):
        cancel_events_of_host(host_id=host.pk)
    statuses = dict(Event.objects.values_list("pk", "status"))
    assert statuses == {coming.pk: "CANCELLED", past.pk: "PUBLISHED", other.pk: "PUBLISHED"}
    assert draft.pk not in statuses
    assert OutboxEntry.objects.filter(fact="events.EventCancelled").count() == 1
