"""An event whose doors are open, who checks people in there, and scans, online and offline."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from domains.accounts.models import User
from domains.events import codes, services
from domains.events.models import Event, EventTicket, Scan, ScanDirection
from domains.events.services import OfflineScan
from domains.opportunities.models import MembershipRole
from tests.factories import EventFactory, EventTicketFactory, HostMembershipFactory, owner_of

ENTRY, EXIT = ScanDirection.ENTRY, ScanDirection.EXIT


def open_event(**fields: Any) -> Event:
    """Return an event of an organization that began just now."""
    return EventFactory(**{"now": True, "max_attendees": None, **fields})


def scanner_of(event: Event) -> User:
    """Return a person who may check in at the event and nothing else."""
    assert event.organization
    user = HostMembershipFactory(host=event.organization, role=MembershipRole.SCANNER).user
    assert user
    return user


def manager_of(event: Event) -> User:
    assert event.organization
    return owner_of(event.organization)


def scan(
    ticket: EventTicket | str,
    event: Event | None = None,
    *,
    actor: User | None = None,
    direction: ScanDirection = ENTRY,
    nonce: str = "",
) -> Scan:
    """Check in with the ticket's QR code, or with a text, as the event's manager."""
    at = event or (ticket.event if isinstance(ticket, EventTicket) else None)
    assert at
    return services.check_in(
        actor=actor or manager_of(at),
        event_id=at.pk,
        code=ticket if isinstance(ticket, str) else codes.code_of(ticket),
        nonce=nonce or str(uuid4()),
        direction=direction,
    )


def offline(
    ticket: EventTicket | str,
    at: datetime | None = None,
    *,
    direction: ScanDirection = ENTRY,
    nonce: str = "",
) -> OfflineScan:
    """Return a scan that a device made offline."""
    code = ticket if isinstance(ticket, str) else codes.code_of(ticket)
    return OfflineScan(code=code, nonce=nonce or str(uuid4()), scanned_at=at or timezone.now(), direction=direction)


def sync(event: Event, *scans: OfflineScan, actor: User | None = None, device_id: str = "phone") -> list[Scan]:
    return services.sync_check_ins(
        actor=actor or manager_of(event), event_id=event.pk, device_id=device_id, scans=scans
    )


def presence_at(event: Event) -> list[tuple[Any, ...]]:
    """Return the state of the event's tickets that follows from scans."""
    rows = EventTicket.objects.filter(event=event).order_by("pk")
    return list(rows.values_list("pk", "check_in_time", "is_inside", "last_passed_at"))


def tickets_to(event: Event, number: int) -> list[EventTicket]:
    return EventTicketFactory.create_batch(number, event=event)
