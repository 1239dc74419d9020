"""Questions about organisations and the people who run them."""

from __future__ import annotations

from django.db.models import QuerySet

from domains.accounts.models import User
from domains.opportunities.models import MANAGING_ROLES


def find_managers(*, host_id: int) -> QuerySet[User]:
    """Return the people who run the host, for the mails it gets; a system question."""
    return User.objects.filter(
        is_active=True,
        host_memberships__host_id=host_id,
        host_memberships__accepted_at__isnull=False,
        host_memberships__role__in=MANAGING_ROLES,
    ).order_by("pk")
