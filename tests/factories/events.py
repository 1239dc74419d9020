"""Events, tickets and scans, with the counts of tickets kept right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait

from domains.accounts.models import User
from domains.events.models import (
    CalendarFeed,
    Event,
    EventChange,
    EventStatus,
    EventTicket,
    FormerCode,
    Scan,
    ScanOutcome,
    TicketStatus,
    new_code_random,
    new_ticket_code,
)
from domains.opportunities.models import OpportunityHost
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory
from tests.factories.opportunities import OpportunityHostFactory, owner_of


class EventFactory(ModelFactory[Event]):
    """A published event next week, held by the owner of its organization (`organization=None`: by a person).

    Traits: `draft`, `past`, `now` (it begins now, so that people can check in).
    """

    class Meta:
        model = Event

    class Params:
        draft = Trait(status=EventStatus.DRAFT)
        past = Trait(event_date=LazyFunction(lambda: timezone.now() - timedelta(days=7)))
        now = Trait(event_date=LazyFunction(timezone.now))

    title = Sequence(lambda n: f"Street picnic {n}")
    description = "Bring a plate and a neighbour."
    event_date = LazyFunction(lambda: timezone.now() + timedelta(days=7))
    end_date = LazyAttribute(lambda event: event.event_date + timedelta(hours=2))
    location = "Precita Park"
    location_zip = "94110"
    max_attendees = 20
    cancelled_at = LazyAttribute(lambda event: timezone.now() if event.status == EventStatus.CANCELLED else None)
    organization = SubFactory(OpportunityHostFactory)
    host = LazyAttribute(lambda event: _host_of(event.organization))


def _host_of(organization: OpportunityHost | None) -> User:
    return owner_of(organization) if organization else UserFactory(hosting=True)


def creator_of(event: Event) -> User:
    """Return the person who created the event, who runs its organization, too."""
    assert event.host
    return event.host


class EventTicketFactory(ModelFactory[EventTicket]):
    """A ticket that holds a place; the event's count includes it. `checked_in=True`: the holder is inside."""

    class Meta:
        model = EventTicket

    class Params:
        checked_in = Trait(
            check_in_time=LazyFunction(timezone.now), is_inside=True, last_passed_at=SelfAttribute("check_in_time")
        )

    event = SubFactory(EventFactory)
    attendee = SubFactory(UserFactory)
    status = TicketStatus.ISSUED
    issued_at = LazyAttribute(lambda ticket: timezone.now() if ticket.status == TicketStatus.ISSUED else None)
    cancelled_at = LazyAttribute(lambda ticket: timezone.now() if ticket.status == TicketStatus.CANCELLED else None)
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
    scanned_at = LazyAttribute(lambda scan: (scan.ticket and scan.ticket.check_in_time) or timezone.now())


class EventChangeFactory(ModelFactory[EventChange]):
    """A change of the location, by the event's host."""

    class Meta:
        model = EventChange

    event = SubFactory(EventFactory)
    actor = SelfAttribute("event.host")
    before = LazyFunction(lambda: {"location": "Precita Park"})
    after = LazyFunction(lambda: {"location": "Garfield Square"})


class FormerCodeFactory(ModelFactory[FormerCode]):
    """A code that the holder has replaced."""

    class Meta:
        model = FormerCode

    ticket = SubFactory(EventTicketFactory)
    ticket_code = LazyFunction(new_ticket_code)
    code_random = LazyFunction(new_code_random)


class CalendarFeedFactory(ModelFactory[CalendarFeed]):
    """A calendar feed whose address was replaced once."""

    class Meta:
        model = CalendarFeed

    user = SubFactory(UserFactory)
    number = 1
