"""Reports of content, with a snapshot of what the reporter saw, and the answers of staff.

A report names its subject by type and id, without a foreign key, so that it outlives its subject.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ReportReason(models.TextChoices):
    """Reason of a report."""

    SPAM = "SPAM"
    HARASSMENT = "HARASSMENT"
    UNSAFE = "UNSAFE"
    INAPPROPRIATE = "INAPPROPRIATE"
    FRAUD = "FRAUD"
    OTHER = "OTHER"


class ReportStatus(models.TextChoices):
    """OPEN waits; REVIEWING is under review; RESOLVED led to action; DISMISSED needed none."""

    OPEN = "OPEN"
    REVIEWING = "REVIEWING"
    RESOLVED = "RESOLVED"
    DISMISSED = "DISMISSED"


#: Statuses of a report that is not answered yet: at most one of these per reporter and subject.
PENDING_STATUSES = ("OPEN", "REVIEWING")


class ContentReportQuerySet(models.QuerySet["ContentReport"]):
    """Reports, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> ContentReportQuerySet:
        """Return the viewer's own reports; staff with the right to view them see all. The reported person sees none."""
        if viewer is None:
            return self.none()
        return self if viewer.has_right("moderation.view_contentreport") else self.filter(reporter=viewer)


class ContentReport(models.Model):
    """One person's report of one subject."""

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    #: GraphQL type and id of the subject, which may be deleted by now.
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    #: The person who made the subject, if it was one person.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = TextChoicesField(choices_enum=ReportReason)
    details = models.TextField(max_length=2000, blank=True)
    status = TextChoicesField(choices_enum=ReportStatus, default=ReportStatus.OPEN)
    #: What the reporter saw at the time of the report: `selectors.Snapshot` as JSON.
    context = models.JSONField(default=dict, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ContentReportQuerySet.as_manager()

    if TYPE_CHECKING:
        notes: RelatedManager[ReportNote]
        files: RelatedManager[ReportFile]

    class Meta:
        verbose_name = "report"
        indexes: ClassVar = [
            models.Index(fields=["status", "created_at", "id"], name="moderation_queue"),
            models.Index(fields=["subject_type", "subject_id"], name="moderation_by_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reporter", "subject_type", "subject_id"],
                condition=Q(status__in=PENDING_STATUSES),
                name="moderation_one_pending_report",
            )
        ]

    def __str__(self) -> str:
        return f"Report {self.pk} of {self.subject_type} {self.subject_id}"


class ReportNote(models.Model):
    """A staff member's note on a report, with the move that came with it; never changed."""

    report = models.ForeignKey(ContentReport, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    from_status = TextChoicesField(choices_enum=ReportStatus)
    to_status = TextChoicesField(choices_enum=ReportStatus)
    text = models.TextField(max_length=5000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "note on a report"
        verbose_name_plural = "notes on reports"
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"Note {self.pk} on {self.report_id}"


def random_key(copy: ReportFile, filename: str) -> str:  # noqa: ARG001 - never the client's name
    """Return the path of a copy: random, and without anything from a client."""
    return f"{ReportFile.FOLDER}/{secrets.token_hex(20)}"


class ReportFile(models.Model):
    """A copy of a reported file from the time of the report; only staff who see the report can open it."""

    #: The folder of the default storage that holds the copies, and nothing else.
    FOLDER: ClassVar = "reports"

    report = models.ForeignKey(ContentReport, models.CASCADE, related_name="files")
    file = models.FileField(upload_to=random_key, max_length=120)
    filename = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "reported file"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"File {self.pk} of {self.report_id}"

    @property
    def is_picture(self) -> bool:
        """Return whether a browser shows the file as a picture."""
        return self.content_type.startswith("image/")
