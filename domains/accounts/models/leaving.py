"""What people ask of the data about them: a copy of it, and its end."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models.people import User
from domains.base.addresses import AddressField
from domains.base.queue import Claimable


class DataExportStatus(models.TextChoices):
    """PENDING is being made; READY can be fetched; EXPIRED was removed; FAILED could not be made."""

    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class DataExportQuerySet(models.QuerySet["DataExport"]):
    """Exports, as people see them."""

    def visible_to(self, viewer: User | None) -> DataExportQuerySet:
        """Return the viewer's own; staff see no others here."""
        return self.none() if viewer is None else self.filter(user=viewer)


def random_key(export: DataExport, filename: str) -> str:  # noqa: ARG001 - Django's shape
    """Return a place in the storage that reveals nothing."""
    return f"{DataExport.FOLDER}/{secrets.token_hex(20)}"


class DataExport(Claimable):
    """A copy of everything that points at a person, as a ZIP archive; one per person that is not over."""

    #: The folder of the default storage that holds the files, and nothing else.
    FOLDER: ClassVar = "exports"
    #: How long an export can be fetched.
    LIFETIME: ClassVar = timedelta(days=7)
    #: How long the row stays after it was asked for.
    ROW_RETENTION: ClassVar = timedelta(days=35)
    MAX_ATTEMPTS: ClassVar[int] = 3

    user = models.ForeignKey(User, models.CASCADE, related_name="data_exports")
    status = TextChoicesField(choices_enum=DataExportStatus, default=DataExportStatus.PENDING)
    file = models.FileField(upload_to=random_key, max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Until when a READY one can be fetched.
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=models.Q(done_at__isnull=True), name="accounts_exports_due")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(status__in=("PENDING", "READY")),
                name="accounts_one_current_export",
            )
        ]

    def __str__(self) -> str:
        return f"Export {self.pk} of {self.user_id}"


class Erasure(Claimable):
    """An account that its owner has deleted, and whose rows and files are being erased; then the proof that they were.

    It names the account by its number and by when it began. The address stays until the mail that says goodbye is sent.
    """

    #: Half a day: an erasure waits for a storage that does not answer, and is parked for staff only after that.
    MAX_ATTEMPTS: ClassVar[int] = 13
    #: A little longer than a worker lets a task run.
    LEASE: ClassVar = timedelta(minutes=5)
    RETRY_AFTER: ClassVar = timedelta(seconds=10)
    #: How long the proof is kept: for as long as backups are, after which nothing has to be erased once more.
    RETENTION: ClassVar = timedelta(days=35)

    user_id = models.BigIntegerField(unique=True)
    account_created_at = models.DateTimeField()
    email = AddressField(blank=True)
    #: The person's files, whose rows go first, so that no row ever names a file that is gone; empty in the end.
    files = models.JSONField(default=list, blank=True)
    keeps_service_records = models.BooleanField(default=False)
    closed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(done_at__isnull=True), name="accounts_erasures_due"
            )
        ]

    def __str__(self) -> str:
        return f"Erasure of {self.user_id}"

    @property
    def account(self) -> str:
        """The account's number and the second in which it was made: the number alone may be another's in a backup."""
        return f"{self.user_id}-{int(self.account_created_at.timestamp())}"
