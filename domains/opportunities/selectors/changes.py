"""Questions about what hosts changed, and whom it concerns."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from domains.accounts.models import User
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, OpportunityChange

#: Those who hold a place that is still to be filled.
HOLDING = (ApplicationStatus.ACCEPTED, ApplicationStatus.OFFERED)


def find_holders(*, change: OpportunityChange) -> QuerySet[User]:
    """Return who held a place when the change was made and holds it still; a system question."""
    held = ApplicationHistory.objects.filter(application=OuterRef("pk"), to_status__in=HOLDING, at__lte=change.at)
    applications = Application.objects.filter(Exists(held), role__opportunity=change.opportunity_id, status__in=HOLDING)
    return _volunteers(applications)


def find_called_off(*, change: OpportunityChange) -> QuerySet[User]:
    """Return whose applications ended with the opportunity that this change called off; a system question."""
    ended = ApplicationHistory.objects.filter(
        application=OuterRef("pk"), to_status=ApplicationStatus.CANCELLED, at=change.at
    )
    applications = Application.objects.filter(Exists(ended), role__opportunity=change.opportunity_id)
    return _volunteers(applications)


def _volunteers(applications: QuerySet[Application]) -> QuerySet[User]:
    return User.objects.filter(pk__in=applications.values("volunteer"), is_active=True).order_by("pk")
