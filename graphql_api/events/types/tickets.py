"""GraphQL type of tickets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.accounts import models as accounts
from domains.base.waitlist import waitlist_position
from domains.events import models, selectors
from domains.events.tokens import ticket_url
from graphql_api.accounts.types import User
from graphql_api.context import Info, signed_in, viewer_of
from graphql_api.events.types.events import Event
from graphql_api.relay.enums import describe
from graphql_api.relay.loaders import load
from graphql_api.relay.rows import row_of

describe(
    models.TicketStatus,
    name="EventTicketStatus",
    description="Status of a ticket. ISSUED and OFFERED hold a slot of the event.",
    values={
        "ISSUED": "The ticket lets its holder in.",
        "WAITLISTED": "The event is full, and the ticket is on the waitlist.",
        "OFFERED": "A slot is offered to the attendee until `offerExpiresAt`; `answerTicketOffer` takes or refuses it.",
        "CANCELLED": "The ticket was canceled by its holder, revoked by the event's organizers, or canceled with the "
        "event; or its offer was refused or has expired.",
    },
)
TicketStatus = models.TicketStatus


@strawberry.type(
    description="Image of a ticket's QR code, with the code to type below it. The QR code holds a compact JWS without "
    "personal data."
)
class QrCode:
    """Links to the image, for one viewer."""

    url: str = strawberry.field(
        description="URL of the image as PNG, about 900 pixels wide. It works without a login and expires within five "
        "minutes, or when the code is replaced; ask for a new one then."
    )
    svg_url: str = strawberry.field(description="URL of the image as SVG; it expires like `url`.")


@strawberry_django.type(models.EventTicket, description="A person's ticket to an event.")
class EventTicket(relay.Node):
    """A ticket, for its holder and the event's organizers."""

    status: TicketStatus = strawberry_django.field(description="Status of the ticket.")
    claimed_at: datetime = strawberry_django.field(description="Time the ticket was claimed.")
    issued_at: datetime | None = strawberry_django.field(description="Time the ticket was issued; null if it was not.")
    waitlist_position: int | None = strawberry_django.field(
        annotate=waitlist_position(models.EventTicket),
        description="Position on the waitlist, from 1; null unless the status is WAITLISTED.",
    )
    cancelled_at: datetime | None = strawberry_django.field(
        description="Time the ticket was canceled; null unless the status is CANCELLED."
    )
    revoked_at: datetime | None = strawberry_django.field(
        description="Time the event's organizers revoked the ticket; null if they did not."
    )
    revoked_reason: str = strawberry_django.field(
        description="Reason that the organizers gave for revoking the ticket; may be empty."
    )
    check_in_time: datetime | None = strawberry_django.field(
        description="Time the holder first came in; null before that."
    )
    is_inside: bool = strawberry_django.field(
        description="Whether the holder is at the event: the holder came in, and has not checked out since."
    )
    attendee: User = strawberry_django.field(description="Holder of the ticket.")
    event: Event = strawberry_django.field(description="Event that the ticket is for.")

    @strawberry_django.field(
        description="Offer deadline: answer with `answerTicketOffer` before this time. Null unless the status is "
        "OFFERED.",
        only=["offer_expires_at", "status"],
    )
    async def offer_expires_at(self) -> datetime | None:
        """Return the deadline of an open offer; the row keeps that of one that has expired."""
        row = row_of(self, models.EventTicket)
        return row.offer_expires_at if row.status == models.TicketStatus.OFFERED else None

    @strawberry_django.field(description="Whether the holder has come in at least once.", only=["check_in_time"])
    async def checked_in(self) -> bool:
        """Return whether the ticket has a check-in time."""
        return row_of(self, models.EventTicket).check_in_time is not None

    @strawberry_django.field(
        description="Code of the ticket, to type at check-in: 16 letters and digits. Only the holder and the event's "
        "organizers see it; null for other viewers, and unless the status is ISSUED.",
        only=["ticket_code", "status", "attendee_id", "event_id"],
    )
    async def ticket_code(self, info: Info) -> str | None:
        """Show the code to the people who may use it."""
        row = row_of(self, models.EventTicket)
        return row.ticket_code if await shows_code(info, row) else None

    @strawberry_django.field(
        description="QR code of the ticket. Only the holder and the event's organizers see it; null for other viewers, "
        "and unless the status is ISSUED.",
        only=["code_random", "status", "attendee_id", "event_id"],
    )
    async def qr_code(self, info: Info) -> QrCode | None:
        """Link to the images; the right to them is checked when a link is opened."""
        row = row_of(self, models.EventTicket)
        if not await shows_code(info, row):
            return None
        url = ticket_url(row, viewer_id=signed_in(info).pk)
        return QrCode(url=f"{url}/qr.png", svg_url=f"{url}/qr.svg")

    @strawberry_django.field(
        description="URL of the printable page of the ticket, which also says if the ticket is not valid. It works "
        "without a login and expires within five minutes, or when the code is replaced; ask for a new one then. Only "
        "the holder and the event's organizers see it; null for other viewers.",
        only=["code_random", "attendee_id", "event_id"],
    )
    async def page_url(self, info: Info) -> str | None:
        """Link to the page; the right to it is checked when the link is opened."""
        row, viewer = row_of(self, models.EventTicket), viewer_of(info)
        if viewer is None or not await can_see_code(info, row):
            return None
        return ticket_url(row, viewer_id=viewer.pk)

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.EventTicket]:
        """Return the rows that the viewer may see."""
        return models.EventTicketQuerySet.visible_to(queryset, viewer_of(info))


async def shows_code(info: Info, ticket: models.EventTicket) -> bool:
    """Return whether the viewer may see the code of the ticket now: only an ISSUED ticket shows it."""
    return ticket.status == models.TicketStatus.ISSUED and await can_see_code(info, ticket)


async def can_see_code(info: Info, ticket: models.EventTicket) -> bool:
    """Return what `policies.can_see_code` says of the viewer; one statement finds out for a whole list."""
    viewer = viewer_of(info)
    # A ticket in the answer to a scan has no code: nobody needs it there (`show_as_answered`).
    if viewer is None or ticket.__dict__.get("ticket_code") == "":
        return False
    if ticket.attendee_id == viewer.pk:
        return True
    return bool(await load(info, ticket.event_id, partial(_find_managed, viewer)))


def _find_managed(viewer: accounts.User, event_ids: Collection[int]) -> Mapping[int, bool]:
    return dict.fromkeys(selectors.find_managed_events(viewer=viewer, among=event_ids), True)
