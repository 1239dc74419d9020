"""The printable page of a ticket: complete in itself, so that it also works as a file without a network.

It is for the holder and the managers of the event: it names the holder, and has the code as long as that lets in.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.template.defaultfilters import date
from django.template.loader import render_to_string
from django.utils import timezone

from domains.events import qr_images
from domains.events.calendars import event_url, organizer_of
from domains.events.codes import code_of
from domains.events.models import Event, EventStatus, EventTicket, TicketStatus
from domains.geo.selectors import zip_time_zone


@dataclass(frozen=True)
class Notice:
    """What a ticket that lets nobody in says instead of the code."""

    title: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class When:
    """The times of an event, in words."""

    lines: Sequence[str]
    zone: str


def render_ticket_page(ticket: EventTicket) -> str:
    """Return the page as HTML; the ticket was read with its attendee, event, host and organization."""
    event = ticket.event
    return render_to_string(
        "events/ticket_page.html",
        {
            "ticket": ticket,
            "event": event,
            "notice": notice_of(ticket),
            "when": when_of(event),
            "where": where_of(event),
            "organizer": organizer_of(event),
            "calendar_url": event_url(event.pk),
            "community": settings.PUBLIC_URL,
            "style": style(),
            **(_code_of(ticket) if shows_code(ticket) else {}),
        },
    )


def shows_code(ticket: EventTicket) -> bool:
    """Return whether the ticket lets its holder in, so that its page has the code."""
    return ticket.status == TicketStatus.ISSUED and ticket.event.status == EventStatus.PUBLISHED


def notice_of(ticket: EventTicket) -> Notice | None:
    """Return what is the matter with the ticket or its event, the most important first; None if nothing is."""
    event = ticket.event
    if event.status == EventStatus.CANCELLED:
        return _notice("This event was canceled", event.cancelled_reason)
    if ticket.revoked_at is not None:
        return _notice("This ticket was revoked", ticket.revoked_reason, "Ask the organizers if that is a mistake.")
    if ticket.status == TicketStatus.CANCELLED:
        return _notice("This ticket was canceled", "It lets nobody in.")
    if ticket.status == TicketStatus.OFFERED:
        deadline = ticket.offer_expires_at and date(ticket.offer_expires_at.astimezone(_zone_of(event)), "j F Y, H:i T")
        return _notice("This ticket is offered to you", f"Accept the offer by {deadline}; it lets nobody in before.")
    if ticket.status == TicketStatus.WAITLISTED:
        return _notice("You are on the waitlist", "You have no ticket yet. We notify you when one becomes free.")
    return _notice("This event is over") if event.end_date <= timezone.now() else None


def when_of(event: Event) -> When:
    """Return the event's times in the time zone of its ZIP code, or in UTC."""
    zone = _zone_of(event)
    begins, ends = event.event_date.astimezone(zone), event.end_date.astimezone(zone)
    name = "UTC" if zone is UTC else f"{str(zone).rpartition('/')[2].replace('_', ' ')} time"
    if begins.date() != ends.date():
        return When([f"{_moment(begins)} to", _moment(ends)], name)
    clock = f"{date(begins, 'H:i')} to {date(ends, 'H:i T')}"
    return When([date(begins, "l, j F Y"), clock], name)


def where_of(event: Event) -> str:
    """Return the location with its ZIP code, unless the location says it already."""
    is_said = event.location_zip and event.location_zip in event.location
    return ", ".join(part for part in (event.location, "" if is_said else event.location_zip) if part)


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style sheet that stands in the page."""
    return render_to_string("events/ticket_page.css")


@lru_cache(maxsize=1)
def style_source() -> str:
    """Return the source by which a content security policy allows the style sheet and no other."""
    return f"'sha256-{b64encode(sha256(style().encode()).digest()).decode()}'"


def _code_of(ticket: EventTicket) -> dict[str, object]:
    """Return the QR code as an image within the page, which phones can also save, and the code to type."""
    image = qr_images.image_of(qr_images.ImageForm.PNG, code=code_of(ticket), letters="")
    return {
        "image": f"data:image/png;base64,{b64encode(image).decode()}",
        "side": qr_images.side_of(image),
        "letters": qr_images.group_letters(ticket.ticket_code),
    }


def _notice(title: str, *lines: str) -> Notice:
    return Notice(title, [line for line in lines if line])


def _zone_of(event: Event) -> tzinfo:
    return zip_time_zone(event.location_zip) or UTC


def _moment(moment: datetime) -> str:
    return date(moment, "D, j F Y, H:i T")
