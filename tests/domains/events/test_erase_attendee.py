"""The slots of a person whose account is erased go to the next on the waitlists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.personal_data import ErasedPerson
from domains.base.queue import Unfinished
from domains.events import services
from domains.events.models import Event, EventTicket, TicketStatus
from tests.domains.events.tickets import assert_sound, full_event, published, statuses, waitlist
from tests.factories import EventFactory, EventTicketFactory, UserFactory

pytestmark = pytest.mark.django_db


def erased(person: User) -> ErasedPerson:
    return ErasedPerson(user_id=person.pk, closed_at=timezone.now())


@pytest.mark.parametrize("status", [TicketStatus.ISSUED, TicketStatus.OFFERED])
def test_a_slot_is_offered_on_before_the_rows_go(status: TicketStatus) -> None:
    event = EventFactory(max_attendees=1)
    ticket, other = EventTicketFactory(event=event, status=status), EventTicketFactory()
    (waiting,) = waitlist(event, 1)
    for _ in range(2):
        services.cancel_tickets(erased(ticket.attendee))
    assert statuses([ticket, waiting, other]) == ["CANCELLED", "OFFERED", "ISSUED"]
    assert published() == [("TicketOffered", {"ticket_id": waiting.pk})]
    assert_sound()


def test_a_waitlisted_ticket_makes_room_for_nobody() -> None:
    _, tickets = full_event(1, waiting=2)
    services.cancel_tickets(erased(tickets[1].attendee))
    assert statuses(tickets) == ["ISSUED", "CANCELLED", "WAITLISTED"]
    assert published() == []


def test_a_slot_at_an_event_that_is_over_stays_until_the_rows_go_and_is_offered_to_nobody() -> None:
    event, tickets = full_event(1, waiting=1, past=True)
    person = erased(tickets[0].attendee)
    services.cancel_tickets(person)
    assert statuses(tickets) == ["ISSUED", "WAITLISTED"]
    services.erase_attendee(person)
    assert statuses(tickets[1:]) == ["WAITLISTED"]
    event.refresh_from_db()
    assert event.tickets_taken == 0
    assert_sound()


def test_what_was_claimed_in_between_is_offered_on_when_the_rows_go() -> None:
    event, (issued, waiting) = full_event(1, waiting=1)
    elsewhere = EventTicketFactory(attendee=issued.attendee, status=TicketStatus.CANCELLED)
    services.erase_attendee(erased(issued.attendee))
    assert list(EventTicket.objects.all()) == [waiting]
    assert statuses([waiting]) == ["OFFERED"]
    assert Event.objects.get(pk=elsewhere.event_id).tickets_taken == 0
    event.refresh_from_db()
    assert event.tickets_taken == 1
    assert_sound()


def test_a_person_with_many_tickets_gives_others_their_turn_and_goes_on_later() -> None:
    attendee = UserFactory()
    tickets = [EventTicketFactory(attendee=attendee) for _ in range(2)]
    late = ErasedPerson(user_id=attendee.pk, closed_at=timezone.now() - timedelta(hours=1), until=0)
    with pytest.raises(Unfinished):
        services.cancel_tickets(late)
    assert statuses(tickets) == ["ISSUED", "ISSUED"]
    services.cancel_tickets(erased(attendee))
    assert statuses(tickets) == ["CANCELLED", "CANCELLED"]
