"""Files that were sent before the act that takes them."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models.people import User


class UploadPurpose(models.TextChoices):
    """What a file is sent for; only the act of this purpose takes it."""

    PROFILE_PICTURE = "PROFILE_PICTURE"
    RESUME = "RESUME"
    LINKEDIN_EXPORT = "LINKEDIN_EXPORT"
    ATTACHMENT = "ATTACHMENT"
    VERIFICATION_DOCUMENT = "VERIFICATION_DOCUMENT"
    COURSE_ATTACHMENT = "COURSE_ATTACHMENT"


def random_place() -> str:
    """Return a place in the storage that reveals nothing."""
    return f"{Upload.FOLDER}/{secrets.token_hex(20)}"


class UploadQuerySet(models.QuerySet["Upload"]):
    """Uploads, as people see them."""

    def visible_to(self, viewer: User | None) -> UploadQuerySet:
        """The viewer's own files that have arrived."""
        return self.none() if viewer is None else self.filter(user=viewer, completed_at__isnull=False)


class Upload(models.Model):
    """A file that a person sends to the storage, and then gives to one act; it exists for an hour or two."""

    #: The folder of the default storage that holds the files, and nothing else.
    FOLDER: ClassVar = "uploads"

    user = models.ForeignKey(User, models.CASCADE, related_name="uploads")
    purpose = TextChoicesField(choices_enum=UploadPurpose)
    filename = models.CharField(max_length=120)
    #: What the sender said, and since the file was completed, what it is.
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    #: Where the storage expects the file.
    place = models.CharField(max_length=120, default=random_place, unique=True)
    #: The same place, once the file was found there.
    file = models.FileField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    #: When an act took it; the row goes once the act is done.
    taken_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Upload {self.pk} of {self.user_id}"
