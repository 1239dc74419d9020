"""What the page of a ticket says, in each state that a ticket and its event can be in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.events import services
from domains.events.models import EventTicket
from domains.events.qr_images import group_letters
from domains.events.services.ticket_pages import when_of, where_of
from tests.factories import EventFactory, EventTicketFactory

pytestmark = pytest.mark.django_db


def page_of(ticket: EventTicket) -> str:
    tickets = EventTicket.objects.select_related("attendee", "event__host", "event__organization")
    return services.render_ticket_page(tickets.get(pk=ticket.pk))


def test_it_names_the_event_the_times_the_place_the_holder_and_the_organizer() -> None:
    ticket = EventTicketFactory(
        attendee__display_name="Maya <i>Torres</i>",
        event__title="Tea <script>alert(1)</script>",
        event__event_date=datetime(2031, 6, 12, 17, tzinfo=UTC),
        event__location="Precita Park",
        event__organization__organization_name="Bernal & Co",
    )
    page = page_of(ticket)
    for words in (
        "Tea &lt;script&gt;alert(1)&lt;/script&gt;",
        "Thursday, 12 June 2031",
        "10:00 to 12:00 PDT",
        "Los Angeles time",
        "Precita Park, 94110",
        "Maya &lt;i&gt;Torres&lt;/i&gt;",
        "Bernal &amp; Co",
        group_letters(ticket.ticket_code),
        "data:image/png;base64,",
        f"/calendar/events/{ticket.event_id}.ics",
        "Cancel the ticket",
    ):
        assert words in page, words
    for private in (ticket.attendee.email, "<script>", 'role="status"'):
        assert private not in page


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"status": "WAITLISTED"}, "You are on the waitlist"),
        ({"status": "OFFERED"}, "This ticket is offered to you"),
        ({"status": "CANCELLED"}, "This ticket was canceled"),
        ({"status": "CANCELLED", "revoked_at": timezone.now(), "revoked_reason": "It was sold."}, "It was sold."),
        ({"status": "CANCELLED", "event__status": "CANCELLED", "event__cancelled_reason": "Smoke."}, "Smoke."),
    ],
)
def test_a_ticket_that_lets_nobody_in_says_why_and_has_no_code(columns: dict[str, Any], words: str) -> None:
    ticket = EventTicketFactory(**columns)
    page = page_of(ticket)
    assert words in page
    for code in (group_letters(ticket.ticket_code), ticket.ticket_code, "data:image/png", "QR code"):
        assert code not in page


def test_the_offer_names_its_deadline_in_the_time_of_the_event() -> None:
    deadline = datetime(2031, 1, 2, 3, 4, tzinfo=UTC)
    ticket = EventTicketFactory(status="OFFERED", offer_expires_at=deadline, event__location_zip="10001")
    assert "by 1 January 2031, 22:04 EST" in page_of(ticket)


def test_an_event_that_is_over_says_so_beside_the_code() -> None:
    ticket = EventTicketFactory(event__past=True)
    page = page_of(ticket)
    assert "This event is over" in page
    assert group_letters(ticket.ticket_code) in page


def test_times_are_those_of_the_zip_code_or_utc() -> None:
    begins = datetime(2031, 1, 5, 2, 30, tzinfo=UTC)
    local = EventFactory(event_date=begins, location_zip="96813")
    assert when_of(local).lines == ["Saturday, 4 January 2031", "16:30 to 18:30 HST"]
    assert when_of(local).zone == "Honolulu time"
    nowhere = when_of(EventFactory(event_date=begins, location_zip=""))
    assert (nowhere.lines, nowhere.zone) == (["Sunday, 5 January 2031", "02:30 to 04:30 UTC"], "UTC")
    over_night = EventFactory(event_date=begins, end_date=begins + timedelta(hours=9), location_zip="10001")
    assert when_of(over_night).lines == ["Sat, 4 January 2031, 21:30 EST to", "Sun, 5 January 2031, 06:30 EST"]


def test_the_zip_code_is_said_once() -> None:
    assert where_of(EventFactory.build(organization=None, host=None, location="Main St, 94110")) == "Main St, 94110"
    assert where_of(EventFactory.build(organization=None, host=None, location="Main St")) == "Main St, 94110"
    assert where_of(EventFactory.build(organization=None, host=None, location="", location_zip="")) == ""
