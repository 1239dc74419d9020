"""What the community has verified about people, and until when it is valid."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User


class VerificationKind(models.TextChoices):
    """What can be verified about a person."""

    IDENTITY = "IDENTITY"
    BACKGROUND_CHECK = "BACKGROUND_CHECK"


class VerificationStatus(models.TextChoices):
    """Status of a case; only APPROVED verifies anything."""

    REQUESTED = "REQUESTED"
    IN_PROGRESS = "IN_PROGRESS"
    NEEDS_INPUT = "NEEDS_INPUT"
    UNDER_REVIEW = "UNDER_REVIEW"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    CANCELLED = "CANCELLED"
    LAPSED = "LAPSED"


class VerificationCaseQuerySet(models.QuerySet["VerificationCase"]):
    """Cases, as people see them."""

    def visible_to(self, viewer: User | None) -> VerificationCaseQuerySet:
        """The viewer's own cases; staff with the right to view cases see all."""
        if viewer is None:
            return self.none()
        return self if viewer.has_right("verification.view_verificationcase") else self.filter(user=viewer)

    def valid(self, *, now: datetime) -> VerificationCaseQuerySet:
        """Cases that are valid now."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), status=VerificationStatus.APPROVED)


class VerificationCase(models.Model):
    """One verification of one person: the result only, never the documents behind it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="verifications")
    kind = TextChoicesField(choices_enum=VerificationKind)
    status = TextChoicesField(choices_enum=VerificationStatus, default=VerificationStatus.REQUESTED)
    requested_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = VerificationCaseQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "status", "kind"], name="verification_valid")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}: {self.status}"
