"""Tickets to events, and the codes that were replaced."""

from __future__ import annotations

import secrets
from base64 import b32encode
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User, register_acquaintance
from domains.base.waitlist import Waitlisted, WaitlistQuerySet
from domains.events.models.choices import LIVE_TICKET_STATUSES, TicketStatus
from domains.events.models.events import Event, is_managed_by
from domains.opportunities.models import OpportunityHost, register_use_of_host

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

#: Length of a ticket code, and of the random part of a QR code.
CODE_LENGTH, RANDOM_LENGTH = 16, 22


def new_ticket_code() -> str:
    """Return 16 Base32 characters, which are easy to type: 80 random bits."""
    return b32encode(secrets.token_bytes(10)).decode()


def new_code_random() -> str:
    """Return 128 random bits in 22 characters of URL-safe Base64."""
    return secrets.token_urlsafe(16)


class EventTicketQuerySet(WaitlistQuerySet["EventTicket"]):
    """Tickets, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> EventTicketQuerySet:
        """Return the viewer's own, and those to events that the viewer manages; staff who may view tickets see all.

        A scanner of the event's organization sees none: only the ticket of each own scan, as its result.
        """
        if viewer is None:
            return self.none()
        if viewer.has_right("events.view_eventticket"):
            return self
        return self.filter(Q(attendee=viewer) | is_managed_by(viewer, prefix="event__"))


class EventTicket(Waitlisted):
    """One person's ticket to one event, and whether the person is inside.

    After its end, `offer_expires_at` is kept if nobody answered the offer in time.
    """

    SLOTS_OF = "event"

    event = models.ForeignKey(Event, models.CASCADE, related_name="tickets")
    attendee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tickets")
    status = TextChoicesField(choices_enum=TicketStatus, default=TicketStatus.ISSUED)
    #: The code as people type it; only that of an ISSUED ticket lets somebody in.
    ticket_code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_ticket_code, editable=False)
    #: The random part of the signed code in the QR image.
    code_random = models.CharField(max_length=RANDOM_LENGTH, default=new_code_random, editable=False)
    claimed_at = models.DateTimeField(default=timezone.now)
    #: Time the ticket became ISSUED; null if it never was.
    issued_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    #: Time a manager revoked the ticket, which is CANCELLED since then.
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=500, blank=True)
    #: Derived from the ticket's valid scans, under the lock of this row: time of the first entry, whether the person is
    #: inside, and time of the last entry or exit.
    check_in_time = models.DateTimeField(null=True, blank=True)
    is_inside = models.BooleanField(default=False)
    last_passed_at = models.DateTimeField(null=True, blank=True)

    objects = EventTicketQuerySet.as_manager()

    if TYPE_CHECKING:
        former_codes: RelatedManager[FormerCode]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["event", "status", "waitlisted_at"], name="events_ticket_line"),
            models.Index(fields=["event", "claimed_at", "id"], name="events_tickets_of_event"),
            models.Index(fields=["attendee", "claimed_at", "id"], name="events_my_tickets"),
            models.Index(fields=["offer_expires_at"], condition=Q(status="OFFERED"), name="events_offers_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "attendee"],
                condition=Q(status__in=LIVE_TICKET_STATUSES),
                name="events_one_live_ticket",
            ),
            models.CheckConstraint(
                condition=~Q(status="OFFERED") | Q(offer_expires_at__isnull=False), name="events_offer_has_deadline"
            ),
            models.CheckConstraint(
                condition=~Q(status="ISSUED") | Q(issued_at__isnull=False), name="events_issued_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status="CANCELLED", cancelled_at__isnull=False)
                | ~Q(status="CANCELLED") & Q(cancelled_at__isnull=True, revoked_at__isnull=True),
                name="events_ticket_cancelled_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee_id} at {self.event_id}: {self.status}"


class FormerCode(models.Model):
    """A code of a ticket that was replaced by `rotateTicket`: it answers REVOKED, but opened the door before."""

    ticket = models.ForeignKey(EventTicket, models.CASCADE, related_name="former_codes")
    ticket_code = models.CharField(max_length=CODE_LENGTH, unique=True)
    code_random = models.CharField(max_length=RANDOM_LENGTH)
    replaced_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Former code of ticket {self.ticket_id}"


@register_use_of_host
def tickets_at(host: OpportunityHost) -> models.QuerySet[EventTicket]:
    """Return all tickets to events of the host."""
    return EventTicket.objects.filter(event__organization=host)


@register_acquaintance
def tickets_to(viewer: User, person: Any) -> models.QuerySet[EventTicket]:
    """Return the person's live tickets to the events that the viewer manages."""
    held = is_managed_by(viewer, prefix="event__")
    return EventTicket.objects.filter(held, attendee=person, status__in=LIVE_TICKET_STATUSES)
