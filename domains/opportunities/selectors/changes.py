"""Selectors for the volunteers affected by a host's changes."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from domains.accounts.models import User
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, OpportunityChange

#: Statuses of volunteers who hold a slot, or an offer of one, before completion.
CURRENT_SLOT_STATUSES = (ApplicationStatus.ACCEPTED, ApplicationStatus.OFFERED)


def find_slot_holders(*, change: OpportunityChange) -> QuerySet[User]:
    """Return the volunteers who held a slot at the time of the change and still hold it; a system question."""
    held = ApplicationHistory.objects.filter(
        application=OuterRef("pk"), to_status__in=CURRENT_SLOT_STATUSES, at__lte=change.at
    )
    applications = Application.objects.filter(
        Exists(held), role__opportunity=change.opportunity_id, status__in=CURRENT_SLOT_STATUSES
    )
    return _volunteers(applications)


def find_cancelled_applicants(*, change: OpportunityChange) -> QuerySet[User]:
    """Return the volunteers whose applications this change cancelled with the opportunity; a system question."""
    ended = ApplicationHistory.objects.filter(
        application=OuterRef("pk"), to_status=ApplicationStatus.CANCELLED, at=change.at
    )
    applications = Application.objects.filter(Exists(ended), role__opportunity=change.opportunity_id)
    return _volunteers(applications)


def _volunteers(applications: QuerySet[Application]) -> QuerySet[User]:
    return User.objects.filter(pk__in=applications.values("volunteer"), is_active=True).order_by("pk")
