"""Profile pictures."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any, ClassVar

from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from domains.accounts.models.audiences import ProfileField
from domains.accounts.models.people import User, field_is_shown_to


class PictureSize(models.IntegerChoices):
    """The sides of the squares in which a profile picture is stored, in pixels; a small picture has smaller ones."""

    SMALL = 64
    MEDIUM = 256
    LARGE = 1024


def random_name(folder: str, _row: ProfilePicture, _filename: str) -> str:
    """Return a name for storage that reveals nothing: neither the person nor what the file was called."""
    return f"{folder}/{secrets.token_hex(20)}"


class ProfilePictureQuerySet(models.QuerySet[Any]):
    """Pictures of people, as others see them."""

    def visible_to(self, viewer: User | None) -> ProfilePictureQuerySet:
        """Those that people show the viewer."""
        return self.filter(field_is_shown_to(viewer, ProfileField.PROFILE_PICTURE))


class ProfilePicture(models.Model):
    """A person's picture, in three sizes; all are squares in WebP, drawn anew from the pixels of the upload."""

    #: The field of each size, and the folder of the default storage that holds its files, and nothing else.
    FOLDERS: ClassVar = {"small": "pictures-small", "medium": "pictures-medium", "large": "pictures-large"}

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="profile_picture")
    small = models.FileField(upload_to=partial(random_name, FOLDERS["small"]), max_length=120)
    medium = models.FileField(upload_to=partial(random_name, FOLDERS["medium"]), max_length=120)
    large = models.FileField(upload_to=partial(random_name, FOLDERS["large"]), max_length=120)
    #: Pixels of a side of the large one.
    side = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProfilePictureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Picture of {self.user_id}"

    def file_of(self, size: PictureSize) -> FieldFile:
        """Return the file of this size."""
        file: FieldFile = getattr(self, size.name.lower())
        return file
