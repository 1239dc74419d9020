"""The signed parts of links to tickets, attendee lists and calendar feeds.

A link to a ticket has the current code's fingerprint: once the code is replaced, the link leads nowhere. The links that
the API gives are for one viewer and for LINK_LIFETIME; the one in a mail is for the holder, and the selector decides
how long it works. The address of a calendar feed works until the person replaces it.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from domains.base import keyed_ids
from domains.events.models import EventTicket

LINK_LIFETIME = timedelta(minutes=5)
#: Links of one minute are the same, so that a browser keeps the image.
LINK_STEP_SECONDS = 60
#: Longer tokens are refused before parsing.
MAX_TOKEN_LENGTH = 512
_LINK, _MAILED_LINK, _FEED = "mishmob.ticket", "mishmob.mailed_ticket", "mishmob.calendar_feed"
_ATTENDEES = "mishmob.attendees"
_TICKET, _USER = "EventTicket", "User"


@dataclass(frozen=True)
class TicketLink:
    """The content of a link to a ticket; `viewer_id` is None for the link in the holder's mail."""

    ticket_id: int
    fingerprint: str
    viewer_id: int | None

    def is_current(self, ticket: EventTicket) -> bool:
        """Return whether the ticket still has the code that it had when the link was made."""
        return self.fingerprint == _fingerprint(ticket)


@dataclass(frozen=True)
class AttendeesLink:
    """The content of a link to an event's attendee list, made for one viewer."""

    event_id: int
    viewer_id: int


@dataclass(frozen=True)
class FeedLink:
    """The content of the address of a calendar feed."""

    user_id: int
    number: int
    #: The second in which the account was made: an account that got the same number later has other links.
    account_made_at: int


def ticket_url(ticket: EventTicket, *, viewer_id: int) -> str:
    """Return the address of the ticket's page for this viewer; `/qr.png` and `/qr.svg` behind it are its QR code."""
    parts = (keyed_ids.seal(_TICKET, ticket.pk), _fingerprint(ticket), keyed_ids.seal(_USER, viewer_id))
    return _ticket_address(_StepSigner(salt=_LINK).sign(".".join(parts)))


def mailed_ticket_url(ticket: EventTicket) -> str:
    """Return the address of the ticket's page for the holder's mail."""
    parts = (keyed_ids.seal(_TICKET, ticket.pk), _fingerprint(ticket))
    return _ticket_address(signing.Signer(salt=_MAILED_LINK).sign(".".join(parts)))


def read_ticket_link(token: str) -> TicketLink | None:
    """Return the content of a link to a ticket, or None if it is forged or has expired."""
    if (value := _unsign(_StepSigner(salt=_LINK), token, max_age=LINK_LIFETIME)) is not None:
        ticket, fingerprint, viewer = value.split(".")
        viewer_id = keyed_ids.unseal(_USER, viewer)
        if viewer_id is None:
            return None
    elif (value := _unsign(signing.Signer(salt=_MAILED_LINK), token)) is not None:
        ticket, fingerprint = value.split(".")
        viewer_id = None
    else:
        return None
    ticket_id = keyed_ids.unseal(_TICKET, ticket)
    return None if ticket_id is None else TicketLink(ticket_id, fingerprint, viewer_id)


def attendees_url(*, event_id: int, viewer_id: int) -> str:
    """Return the address of the event's attendee list as CSV, for this viewer."""
    token = _StepSigner(salt=_ATTENDEES).sign(f"{event_id}.{keyed_ids.seal(_USER, viewer_id)}")
    return f"{settings.PUBLIC_URL}/attendees/{token}"


def read_attendees_link(token: str) -> AttendeesLink | None:
    """Return the content of a link to an attendee list, or None if it is forged or has expired."""
    value = _unsign(_StepSigner(salt=_ATTENDEES), token, max_age=LINK_LIFETIME)
    if value is None:
        return None
    event_id, viewer = value.split(".")
    viewer_id = keyed_ids.unseal(_USER, viewer)
    return None if viewer_id is None else AttendeesLink(int(event_id), viewer_id)


def feed_url(*, user_id: int, account_made_at: datetime, number: int) -> str:
    """Return the address of the person's calendar feed; `number` says how often it was replaced."""
    value = f"{keyed_ids.seal(_USER, user_id)}.{number}.{int(account_made_at.timestamp())}"
    return f"{settings.PUBLIC_URL}/calendar/feeds/{signing.Signer(salt=_FEED).sign(value)}.ics"


def read_feed_link(token: str) -> FeedLink | None:
    """Return the content of the address of a feed, or None if it is forged."""
    value = _unsign(signing.Signer(salt=_FEED), token)
    if value is None:
        return None
    sealed, number, made_at = value.split(".")
    user_id = keyed_ids.unseal(_USER, sealed)
    return None if user_id is None else FeedLink(user_id, int(number), int(made_at))


class _StepSigner(signing.TimestampSigner):
    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) // LINK_STEP_SECONDS * LINK_STEP_SECONDS)


def _unsign(signer: signing.Signer, token: str, **options: timedelta) -> str | None:
    try:
        return signer.unsign(token, **options) if len(token) <= MAX_TOKEN_LENGTH else None
    except signing.BadSignature:
        return None


def _fingerprint(ticket: EventTicket) -> str:
    """Return a digest of the current code, which does not reveal it."""
    return hashlib.sha256(ticket.code_random.encode()).hexdigest()[:16]


def _ticket_address(token: str) -> str:
    return f"{settings.PUBLIC_URL}/tickets/{token}"
