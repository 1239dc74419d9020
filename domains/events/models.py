"""Events, the tickets to them, and what happened at the door."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.validators import MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User, register_acquaintance
from domains.geo.fields import ZipCodeField
from domains.opportunities.models import (
    MembershipRole,
    Opportunity,
    OpportunityHost,
    hosts_run_by,
    register_use_of_host,
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class EventType(models.TextChoices):
    """What kind of gathering it is."""

    COMMUNITY = "COMMUNITY"
    WORKSHOP = "WORKSHOP"
    TRAINING = "TRAINING"
    ORIENTATION = "ORIENTATION"
    FUNDRAISER = "FUNDRAISER"
    MEETUP = "MEETUP"
    OTHER = "OTHER"


class EventStatus(models.TextChoices):
    """DRAFT is its creator's own; PUBLISHED gives tickets; CANCELLED stays to be read."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"


class TicketStatus(models.TextChoices):
    """ISSUED and OFFERED hold a place; WAITLISTED waits for one."""

    ISSUED = "ISSUED"
    WAITLISTED = "WAITLISTED"
    OFFERED = "OFFERED"
    CANCELLED = "CANCELLED"


class ScanOutcome(models.TextChoices):
    """What the door answered."""

    ADMITTED = "ADMITTED"
    ALREADY_CHECKED_IN = "ALREADY_CHECKED_IN"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    WRONG_EVENT = "WRONG_EVENT"
    CANCELLED = "CANCELLED"
    REVOKED = "REVOKED"
    EVENT_CANCELLED = "EVENT_CANCELLED"
    TOO_EARLY = "TOO_EARLY"
    TOO_LATE = "TOO_LATE"


class ScanDirection(models.TextChoices):
    """Which way somebody went through the door."""

    ENTRY = "ENTRY"
    EXIT = "EXIT"


#: Statuses of a ticket that holds a slot.
SLOT_HOLDING_STATUSES = ("ISSUED", "OFFERED")
#: Statuses of a ticket that is still good for something: one of these per person and event.
LIVE_TICKET_STATUSES = ("ISSUED", "WAITLISTED", "OFFERED")


class EventQuerySet(models.QuerySet["Event"]):
    """Events, as people see them."""

    def visible_to(self, viewer: User | None) -> EventQuerySet:
        """Whatever was published; drafts for their creator, the organization's people, and staff who may view."""
        published = ~Q(status=EventStatus.DRAFT)
        if viewer is None:
            return self.filter(published)
        if viewer.has_right("events.view_event"):
            return self
        return self.filter(published | Q(host=viewer) | Q(organization__in=hosts_run_by(viewer)))


class Event(models.Model):
    """A gathering with a date, a place and perhaps a limit of people."""

    title = models.CharField(max_length=200, validators=[MinLengthValidator(3)])
    description = models.TextField(max_length=5000, blank=True)
    event_type = TextChoicesField(choices_enum=EventType, default=EventType.COMMUNITY)
    status = TextChoicesField(choices_enum=EventStatus, default=EventStatus.PUBLISHED)
    event_date = models.DateTimeField()
    end_date = models.DateTimeField()
    location = models.CharField(max_length=300, blank=True)
    location_zip = ZipCodeField()
    max_attendees = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    #: ISSUED + OFFERED, counted under the lock of this row.
    tickets_taken = models.PositiveIntegerField(default=0, editable=False)
    cancelled_reason = models.CharField(max_length=500, blank=True)
    #: The person who made it; null once that person's account is erased, which leaves only events of organizations.
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="events_hosted"
    )
    organization = models.ForeignKey(OpportunityHost, models.CASCADE, null=True, blank=True, related_name="events")
    opportunity = models.ForeignKey(Opportunity, models.SET_NULL, null=True, blank=True, related_name="events")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    if TYPE_CHECKING:
        tickets: RelatedManager[EventTicket]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "event_date", "id"], name="events_by_date")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end_date__gte=F("event_date")), name="events_dates_in_order"),
            models.CheckConstraint(
                condition=Q(max_attendees__isnull=True) | Q(tickets_taken__lte=F("max_attendees")),
                name="events_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(host__isnull=False) | Q(organization__isnull=False), name="events_held_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.title


def new_ticket_code() -> str:
    """Return a code of 160 random bits that nobody guesses."""
    return secrets.token_urlsafe(20)


class EventTicketQuerySet(models.QuerySet["EventTicket"]):
    """Tickets, as people see them."""

    def visible_to(self, viewer: User | None) -> EventTicketQuerySet:
        """One's own, and those of the events one holds or scans at; staff with the right to view tickets see all."""
        if viewer is None:
            return self.none()
        if viewer.has_right("events.view_eventticket"):
            return self
        scans_at = OpportunityHost.objects.filter(
            memberships__user=viewer,
            memberships__accepted_at__isnull=False,
            memberships__role__in=MembershipRole.values,
        )
        return self.filter(Q(attendee=viewer) | Q(event__host=viewer) | Q(event__organization__in=scans_at))


class EventTicket(models.Model):
    """One person's ticket to one event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="tickets")
    attendee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tickets")
    status = TextChoicesField(choices_enum=TicketStatus, default=TicketStatus.ISSUED)
    ticket_code = models.CharField(max_length=40, unique=True, default=new_ticket_code, editable=False)
    issued_at = models.DateTimeField(default=timezone.now)
    waitlisted_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    check_in_time = models.DateTimeField(null=True, blank=True)

    objects = EventTicketQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["event", "status", "waitlisted_at"], name="events_ticket_line")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "attendee"],
                condition=Q(status__in=LIVE_TICKET_STATUSES),
                name="events_one_live_ticket",
            )
        ]

    def __str__(self) -> str:
        return f"{self.attendee_id} at {self.event_id}: {self.status}"


@register_use_of_host
def tickets_at(host: OpportunityHost) -> models.QuerySet[EventTicket]:
    """Return all tickets to events of the host."""
    return EventTicket.objects.filter(event__organization=host)


@register_acquaintance
def tickets_to(viewer: User, person: Any) -> models.QuerySet[EventTicket]:
    """Return the person's live tickets to the events of the viewer and of the hosts that the viewer runs."""
    held = Q(event__host=viewer) | Q(event__organization__in=hosts_run_by(viewer))
    return EventTicket.objects.filter(held, attendee=person, status__in=LIVE_TICKET_STATUSES)


class Scan(models.Model):
    """One scan at the door and its answer; the nonce makes a repeated upload the same scan."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="scans")
    ticket = models.ForeignKey(EventTicket, models.SET_NULL, null=True, blank=True, related_name="scans")
    nonce = models.CharField(max_length=64)
    direction = TextChoicesField(choices_enum=ScanDirection, default=ScanDirection.ENTRY)
    outcome = TextChoicesField(choices_enum=ScanOutcome)
    device_id = models.CharField(max_length=64, blank=True)
    scanned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    scanned_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ticket", "scanned_at"], name="events_scans_of_ticket")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "nonce"], name="events_scan_once")]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.event_id}"
