"""Applications for roles, and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User, register_acquaintance
from domains.base.waitlist import Waitlisted, WaitlistQuerySet
from domains.opportunities.models.choices import LIVE_APPLICATION_STATUSES, ApplicationStatus
from domains.opportunities.models.hosts import OpportunityHost, hosts_run_by, register_use_of_host
from domains.opportunities.models.opportunities import Role

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ApplicationQuerySet(WaitlistQuerySet["Application"]):
    """Applications, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> ApplicationQuerySet:
        """Return the viewer's own and those to hosts the viewer runs; staff with the right to view them see all."""
        if viewer is None:
            return self.none()
        if viewer.has_right("opportunities.view_application"):
            return self
        return self.filter(Q(volunteer=viewer) | Q(role__opportunity__host__in=hosts_run_by(viewer)))


class Application(Waitlisted):
    """A volunteer's application for a slot in a role."""

    SLOTS_OF = "role"

    role = models.ForeignKey(Role, models.PROTECT, related_name="applications")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    status = TextChoicesField(choices_enum=ApplicationStatus, default=ApplicationStatus.APPLIED)
    cover_letter = models.TextField(max_length=5000, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = ApplicationQuerySet.as_manager()

    if TYPE_CHECKING:
        history: RelatedManager[ApplicationHistory]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["role", "status", "waitlisted_at"], name="opportunities_waiting_line"),
            models.Index(fields=["volunteer", "submitted_at", "id"], name="opportunities_my_applications"),
            models.Index(fields=["offer_expires_at"], condition=Q(status="OFFERED"), name="opportunities_offers_due"),
            models.Index(fields=["submitted_at"], name="opportunities_applied_lately"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["role", "volunteer"],
                condition=Q(status__in=LIVE_APPLICATION_STATUSES),
                name="opportunities_one_live_application",
            ),
            models.CheckConstraint(
                condition=~Q(status="OFFERED") | Q(offer_expires_at__isnull=False),
                name="opportunities_offer_has_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} for {self.role_id}: {self.status}"


@register_acquaintance
def applications_to(viewer: User, person: Any) -> models.QuerySet[Application]:
    """Return the person's applications to the hosts that the viewer runs."""
    return Application.objects.filter(volunteer=person, role__opportunity__host__in=hosts_run_by(viewer))


@register_use_of_host
def applications_at(host: OpportunityHost) -> models.QuerySet[Application]:
    """Return all applications to the host."""
    return Application.objects.filter(role__opportunity__host=host)


class ApplicationHistory(models.Model):
    """One move of an application; written in the transaction of the move, never changed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="history")
    from_status = TextChoicesField(choices_enum=ApplicationStatus, null=True, blank=True)
    to_status = TextChoicesField(choices_enum=ApplicationStatus)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    #: Codes of the eligibility reasons that a coordinator overrode with `acceptAnyway`.
    overrides = models.JSONField(default=list, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "application history"
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.from_status} to {self.to_status}"

    @property
    def full_reason(self) -> str:
        """The overridden reasons, if any, and the note of the person who moved the application."""
        anyway = f"Accepted anyway, although: {', '.join(self.overrides)}." if self.overrides else ""
        return f"{anyway} {self.reason}".strip()
