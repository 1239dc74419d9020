"""The hours that volunteers worked, and the signed records of them that volunteers share."""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User
from domains.opportunities.models.applications import Application
from domains.opportunities.models.choices import HoursStatus
from domains.opportunities.models.hosts import hosts_run_by

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


@dataclass(frozen=True, order=True)
class Stay:
    """Time between entering and leaving an event."""

    started_at: datetime
    ended_at: datetime

    def overlaps(self, other: Stay) -> bool:
        """Return whether both have a moment in common; stays that only touch have none."""
        return self.started_at < other.ended_at and other.started_at < self.ended_at


class HoursEntryQuerySet(models.QuerySet["HoursEntry"]):
    """Entries of hours, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> HoursEntryQuerySet:
        """Return the viewer's own, and those for hosts the viewer runs unless they are only proposed.

        Staff with the right to view entries see all.
        """
        if viewer is None:
            return self.none()
        if viewer.has_right("opportunities.view_hoursentry"):
            return self
        run = Q(application__role__opportunity__host__in=hosts_run_by(viewer))
        return self.filter(Q(volunteer=viewer) | run & ~Q(status=HoursStatus.PROPOSED))

    def at_the_time_of(self, started_at: datetime, ended_at: datetime) -> HoursEntryQuerySet:
        """Return the entries that overlap this time; entries that only touch it do not."""
        return self.filter(started_at__lt=ended_at, ended_at__gt=started_at)

    def current(self) -> HoursEntryQuerySet:
        """Return the approved entries that no approved correction replaced: their lengths add up to the time worked."""
        corrections = HoursEntry.objects.filter(corrects=models.OuterRef("pk"), status=HoursStatus.APPROVED)
        return self.filter(~models.Exists(corrections), status=HoursStatus.APPROVED)


class HoursEntry(models.Model):
    """Time that a volunteer worked for one of their applications, and the host's review of it.

    A PROPOSED row comes from check-in at an event. It follows the scans until the volunteer confirms it, and is removed
    if the volunteer logs other hours at that time, if the application ends, or if it is not confirmed for too long.

    Once APPROVED a row never changes: triggers refuse it, and allow deleting it only together with its volunteer. A
    wrong entry is corrected by another entry, which names the row it `corrects`. A correction has the full values, as
    if it were the first entry, and it may end when it starts: then nothing was worked. What it adds to the sum of
    approved rows is the difference: its own length, minus the length of the row it corrects. Each row is corrected
    at most once; a correction can be corrected in turn. So two sums are always the same: what all approved rows add
    (`selectors.counted_seconds`), and the lengths of the current ones (`current`), which also decide in which month
    and for which range of dates hours count.

    Approved entries of one volunteer that stand never overlap: an exclusion constraint
    (`opportunities_hours_never_overlap`) ensures this on PostgreSQL, a trigger on SQLite, which has one writer at a
    time. The migration `0003_hours` defines all of this.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="hours")
    #: The application's volunteer, repeated here for the constraints.
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hours")
    status = TextChoicesField(choices_enum=HoursStatus, default=HoursStatus.SUBMITTED)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    #: From `started_at` to `ended_at`; the database checks it.
    seconds = models.PositiveIntegerField(editable=False)
    note = models.CharField(max_length=500, blank=True)
    corrects = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="corrections")
    #: The key of the event's ticket whose check-in proposed the hours, and the times as proposed; null if the volunteer
    #: logged them without a proposal. Not a foreign key, because events know opportunities and not the reverse.
    proposed_from = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    proposed_started_at = models.DateTimeField(null=True, blank=True, editable=False)
    proposed_ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(default=timezone.now)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.CharField(max_length=500, blank=True)

    objects = HoursEntryQuerySet.as_manager()

    if TYPE_CHECKING:
        corrections: RelatedManager[HoursEntry]

    class Meta:
        verbose_name = "entry of hours"
        verbose_name_plural = "entries of hours"
        ordering: ClassVar = ["started_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["volunteer", "status", "started_at"], name="opportunities_hours_of"),
            models.Index(
                fields=["submitted_at", "id"], condition=Q(status="SUBMITTED"), name="opportunities_hours_to_review"
            ),
            models.Index(fields=["ended_at"], condition=Q(status="PROPOSED"), name="opportunities_hours_proposed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("started_at")) | Q(ended_at=F("started_at"), corrects__isnull=False),
                name="opportunities_hours_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("PROPOSED", "SUBMITTED")) | Q(reviewed_at__isnull=False),
                name="opportunities_hours_reviewed",
            ),
            models.UniqueConstraint(
                fields=["application", "started_at", "ended_at"],
                condition=Q(corrects__isnull=True) & ~Q(status="REJECTED"),
                name="opportunities_hours_once",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=~Q(status="REJECTED"), name="opportunities_hours_corrected_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    proposed_from__isnull=True, proposed_started_at__isnull=True, proposed_ended_at__isnull=True
                )
                & ~Q(status="PROPOSED")
                | Q(proposed_from__isnull=False, proposed_started_at__isnull=False, proposed_ended_at__isnull=False)
                & Q(proposed_ended_at__gt=F("proposed_started_at"), corrects__isnull=True)
                & (~Q(status="PROPOSED") | Q(started_at=F("proposed_started_at"), ended_at=F("proposed_ended_at"))),
                name="opportunities_hours_proposed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} for {self.application_id} from {self.started_at:%Y-%m-%d %H:%M}: {self.status}"


def new_record_code() -> str:
    """Return 26 lower-case Base32 characters, which are easy to type: 130 random bits."""
    return b32encode(secrets.token_bytes(17)).decode()[:26].lower()


class ServiceRecordQuerySet(models.QuerySet["ServiceRecord"]):
    """Records of service, filtered by owner; the public page finds a record by its code instead."""

    def visible_to(self, viewer: User | None) -> ServiceRecordQuerySet:
        """Return the viewer's own records only: the volunteer decides who sees a record, by sharing its code."""
        return self.none() if viewer is None else self.filter(volunteer=viewer)


class ServiceRecord(models.Model):
    """A signed record of a volunteer's approved hours at its creation, public to everybody who has the code.

    All that the page shows is in the signed token. A revoked record keeps no token, so its content can't be read again.
    """

    #: Null once the account is erased; then the record stays readable, or is revoked, as its volunteer chose.
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="service_records"
    )
    code = models.CharField(max_length=26, unique=True, default=new_record_code, editable=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    approved_seconds = models.PositiveIntegerField()
    #: A compact JWS; `records.py` defines its claims.
    token = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["volunteer", "-created_at", "-id"], name="opportunities_my_records")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="opportunities_record_dates_in_order"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(token=""), name="opportunities_revoked_record_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"Record {self.pk} of {self.volunteer_id}"
