"""What people are told about what concerns them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User


class NotificationKind(models.TextChoices):
    """What a notification is about."""

    APPLICATION_RECEIVED = "APPLICATION_RECEIVED"
    APPLICATION_DECIDED = "APPLICATION_DECIDED"
    OFFER_MADE = "OFFER_MADE"
    OPPORTUNITY_CHANGED = "OPPORTUNITY_CHANGED"
    EVENT_CHANGED = "EVENT_CHANGED"
    TICKET_OFFERED = "TICKET_OFFERED"
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    HOURS_REVIEWED = "HOURS_REVIEWED"
    VERIFICATION_DECIDED = "VERIFICATION_DECIDED"
    CERTIFICATE_ISSUED = "CERTIFICATE_ISSUED"
    EXPIRY_REMINDER = "EXPIRY_REMINDER"
    SAVED_SEARCH_DIGEST = "SAVED_SEARCH_DIGEST"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, as people see them."""

    def visible_to(self, viewer: User | None) -> NotificationQuerySet:
        """One's own; nobody else's, not even for staff."""
        return self.none() if viewer is None else self.filter(recipient=viewer)


class Notification(models.Model):
    """One thing that one person is told, once: `key` names the fact it came from."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = TextChoicesField(choices_enum=NotificationKind)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    key = models.CharField(max_length=120)
    #: The GraphQL type and id of what it is about; the subject may be gone by now.
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recipient", "created_at", "id"], name="notifications_newest"),
            models.Index(fields=["recipient"], condition=models.Q(read_at__isnull=True), name="notifications_unread"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["recipient", "key"], name="notifications_told_once")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient_id}"
