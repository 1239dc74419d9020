"""Events, tickets and scans, with the counts of tickets kept right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait

from domains.accounts.models import User
from domains.events.models import Event, EventStatus, EventTicket, Scan, ScanOutcome, TicketStatus
from domains.opportunities.models import OpportunityHost
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory
from tests.factories.opportunities import OpportunityHostFactory, owner_of


class EventFactory(ModelFactory[Event]):
    """A published event next week, held by the owner of its organization (`organization=None`: by a person).

    Traits: `draft`, `past`.
    """

    class Meta:
        model = Event

    class Params:
        draft = Trait(status=EventStatus.DRAFT)
        past = Trait(event_date=LazyFunction(lambda: timezone.now() - timedelta(days=7)))

    title = Sequence(lambda n: f"Street picnic {n}")
    description = "Bring a plate and a neighbour."
    event_date = LazyFunction(lambda: timezone.now() + timedelta(days=7))
    end_date = LazyAttribute(lambda event: event.event_date + timedelta(hours=2))
    location = "Precita Park"
    location_zip = "94110"
    max_attendees = 20
    organization = SubFactory(OpportunityHostFactory)
    host = LazyAttribute(lambda event: _host_of(event.organization))


def _host_of(organization: OpportunityHost | None) -> User:
    return owner_of(organization) if organization else UserFactory(hosting=True)


class EventTicketFactory(ModelFactory[EventTicket]):
    """A ticket that holds a place; the event's count includes it. `checked_in=True`: the holder is inside."""

    class Meta:
        model = EventTicket

    class Params:
        checked_in = Trait(check_in_time=LazyFunction(timezone.now))

    event = SubFactory(EventFactory)
    attendee = SubFactory(UserFactory)
    status = TicketStatus.ISSUED
    waitlisted_at = LazyAttribute(lambda ticket: timezone.now() if ticket.status == TicketStatus.WAITLISTED else None)
    offer_expires_at = LazyAttribute(
        lambda ticket: timezone.now() + timedelta(days=1) if ticket.status == TicketStatus.OFFERED else None
    )

    @classmethod
    def _create(cls, model_class: type[EventTicket], *args: Any, **kwargs: Any) -> EventTicket:
        ticket: EventTicket = super()._create(model_class, *args, **kwargs)
        if ticket.status in (TicketStatus.ISSUED, TicketStatus.OFFERED):
            Event.objects.filter(pk=ticket.event_id).update(tickets_taken=F("tickets_taken") + 1)
            ticket.event.refresh_from_db(fields=["tickets_taken"])
        return ticket


class ScanFactory(ModelFactory[Scan]):
    """A scan that let somebody in, made by the event's host; needs a ticket or an `event`."""

    class Meta:
        model = Scan

    ticket = SubFactory(EventTicketFactory, checked_in=True)
    event = SelfAttribute("ticket.event")
    nonce = Sequence(lambda n: f"scan-{n}")
    outcome = ScanOutcome.ADMITTED
    device_id = "door-phone"
    scanned_by = SelfAttribute("event.host")
    scanned_at = LazyFunction(timezone.now)
