"""Changes that hosts made to what they had published."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from domains.opportunities.models.opportunities import Opportunity


class Change(models.Model):
    """One change to values that people rely on; written in the transaction of the change, never altered.

    `before` and `after` have the same keys: the names of the changed columns, with their values as JSON (times in
    ISO 8601).
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"Change {self.pk}: {', '.join(self.after)}"


class OpportunityChange(Change):
    """A change to a published opportunity, which volunteers with a slot rely on."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="changes")
