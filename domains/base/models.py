"""The outbox: facts that were committed and still have to be told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class OutboxEntry(models.Model):
    """One published fact; written in the transaction of the act, delivered after its commit."""

    fact = models.CharField(max_length=120)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "outbox entries"
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(delivered_at__isnull=True),
                name="base_outbox_undelivered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.pk}"
