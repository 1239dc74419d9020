"""The queues of the base domain: facts to be delivered, and mails to be sent."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone

from domains.base.queue import Claimable


class OutboxEntry(Claimable):
    """One published fact; written in the transaction of the act, delivered to its listeners after the commit.

    Its publisher has the first claim: it begins with one attempt.
    """

    MAX_ATTEMPTS: ClassVar[int] = 10
    LEASE: ClassVar = timedelta(seconds=60)
    RETRY_AFTER: ClassVar = timedelta(seconds=2)

    fact = models.CharField(max_length=120)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "outbox entries"
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(done_at__isnull=True), name="base_outbox_undelivered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.pk}"


class MailJob(Claimable):
    """A mail that one fact asks for; `name` identifies it, so that a fact delivered twice makes one mail.

    The text is not stored: it is made from the row `source_id` when the mail is sent, so that no key lies in a table.
    """

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    #: The recipient, if the row does not name them; it also distinguishes several mails about the row.
    person_id = models.BigIntegerField(null=True, blank=True)
    occasion = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=models.Q(done_at__isnull=True), name="base_mails_due")
        ]

    def __str__(self) -> str:
        return self.name
