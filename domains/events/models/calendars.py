"""The calendar feeds that people subscribe to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class CalendarFeed(models.Model):
    """How many times a person has replaced the address of their calendar feed; without a row, never.

    The address is signed and holds this number, so that the earlier ones stop working; no secret is stored.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="calendar_feed"
    )
    number = models.PositiveIntegerField(default=0)
    replaced_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Calendar feed {self.number} of {self.user_id}"
