"""Events, and the record of changes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User
from domains.events.models.choices import EventStatus, EventType
from domains.geo.fields import ZipCodeField
from domains.opportunities.models import MAX_SLOTS, Change, Opportunity, OpportunityHost, hosts_joined_by, hosts_run_by

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class EventQuerySet(models.QuerySet["Event"]):
    """Events, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> EventQuerySet:
        """Return published and canceled ones; their managers and staff who may view events also see drafts."""
        published = ~Q(status=EventStatus.DRAFT)
        if viewer is None:
            return self.filter(published)
        if viewer.has_right("events.view_event"):
            return self
        return self.filter(published | is_managed_by(viewer))

    def managed_by(self, viewer: User) -> EventQuerySet:
        """Return the events that this person manages."""
        return self.filter(is_managed_by(viewer))

    def checked_in_by(self, viewer: User) -> EventQuerySet:
        """Return the events at which this person may check people in: managed ones, and those of a scanner's hosts."""
        return self.filter(is_checked_in_by(viewer))


def is_managed_by(user: User, *, prefix: str = "") -> Q:
    """Return the condition that this person manages the event; `prefix` is the path to it, such as `event__`.

    An event of an organization is managed by its owners and coordinators, any other event by its creator.
    """
    own = {f"{prefix}host": user, f"{prefix}organization__isnull": True}
    return Q(**own) | Q(**{f"{prefix}organization__in": hosts_run_by(user)})


def is_checked_in_by(user: User) -> Q:
    """Return the condition that this person may check people in at the event, as every member of its organization."""
    return Q(host=user, organization__isnull=True) | Q(organization__in=hosts_joined_by(user))


class Event(models.Model):
    """A community event at some time and location, with tickets up to a maximum of attendees."""

    title = models.CharField(max_length=200, validators=[MinLengthValidator(3)])
    description = models.TextField(max_length=5000, blank=True)
    event_type = TextChoicesField(choices_enum=EventType, default=EventType.COMMUNITY)
    status = TextChoicesField(choices_enum=EventStatus, default=EventStatus.PUBLISHED)
    event_date = models.DateTimeField()
    end_date = models.DateTimeField()
    location = models.CharField(max_length=300, blank=True)
    location_zip = ZipCodeField()
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    #: Null: no limit.
    max_attendees = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SLOTS, f"Offer at most {MAX_SLOTS:,} tickets.")],
    )
    #: ISSUED + OFFERED, counted under the lock of this row.
    tickets_taken = models.PositiveIntegerField(default=0, editable=False)
    cancelled_reason = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: The person who created it; null once that account is erased, which leaves only events of organizations.
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="events_hosted"
    )
    organization = models.ForeignKey(OpportunityHost, models.CASCADE, null=True, blank=True, related_name="events")
    opportunity = models.ForeignKey(Opportunity, models.SET_NULL, null=True, blank=True, related_name="events")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    #: How many times ticket holders were notified of a change; the SEQUENCE of its iCalendar file.
    revision = models.PositiveIntegerField(default=0, editable=False)
    #: Time hours were proposed to the attendees who had not checked out by the end; null until then.
    hours_proposed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    if TYPE_CHECKING:
        changes: RelatedManager[EventChange]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "event_date", "id"], name="events_by_date"),
            models.Index(fields=["status", "location_zip"], name="events_by_zip"),
            models.Index(fields=["status", "created_at", "id"], name="events_by_creation"),
            models.Index(
                fields=["end_date"],
                condition=Q(opportunity__isnull=False, hours_proposed_at__isnull=True),
                name="events_hours_to_propose",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end_date__gt=F("event_date")), name="events_dates_in_order"),
            models.CheckConstraint(
                condition=Q(max_attendees__isnull=True) | Q(max_attendees__range=(1, MAX_SLOTS)),
                name="events_has_slots",
            ),
            models.CheckConstraint(
                condition=Q(max_attendees__isnull=True) | Q(tickets_taken__lte=F("max_attendees")),
                name="events_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(host__isnull=False) | Q(organization__isnull=False), name="events_held_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=False, status="CANCELLED")
                | Q(cancelled_at__isnull=True) & ~Q(status="CANCELLED"),
                name="events_cancelled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="events_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EventChange(Change):
    """A change to a published event, which ticket holders rely on."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="changes")
