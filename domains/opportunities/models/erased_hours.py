"""The hours of people whose accounts were erased, which stay in the sums of their organizations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from domains.accounts.models import User
from domains.opportunities.models.hosts import OpportunityHost, hosts_run_by, register_use_of_host


class ErasedHoursQuerySet(models.QuerySet["ErasedHours"]):
    """Sums, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> ErasedHoursQuerySet:
        """Return those of hosts the viewer runs; staff with the right to view entries of hours see all."""
        if viewer is None:
            return self.none()
        return self if viewer.has_right("opportunities.view_hoursentry") else self.filter(host__in=hosts_run_by(viewer))


class ErasedHours(models.Model):
    """The approved hours of one host in one month that belonged to accounts which were erased, all in one sum."""

    host = models.ForeignKey(OpportunityHost, models.CASCADE, related_name="erased_hours")
    #: The first day of the month, by the clocks of the opportunities.
    month = models.DateField()
    seconds = models.PositiveBigIntegerField(default=0)

    objects = ErasedHoursQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "erased hours"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host", "month"], name="opportunities_erased_hours_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} at {self.host_id}"


@register_use_of_host
def erased_hours_of(host: OpportunityHost) -> models.QuerySet[ErasedHours]:
    """Return the sums of the host."""
    return ErasedHours.objects.filter(host=host)
