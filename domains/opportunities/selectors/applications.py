"""Selectors for applications."""

from __future__ import annotations

from django.db.models import QuerySet

from domains.accounts.models import User
from domains.opportunities.models import LIVE_APPLICATION_STATUSES, Application, Role


def find_applications(*, viewer: User | None) -> QuerySet[Application]:
    """Return applications to hosts that the viewer runs, and the viewer's own, oldest first."""
    return Application.objects.visible_to(viewer).order_by("submitted_at", "pk")


def find_own_applications(*, viewer: User | None) -> QuerySet[Application]:
    """Return the viewer's own applications, newest first; none without a viewer."""
    if viewer is None:
        return Application.objects.none()
    return Application.objects.filter(volunteer=viewer).order_by("-submitted_at", "-pk")


def get_live_application(*, volunteer: User, role: Role) -> Application | None:
    """Return the volunteer's live application for the role, or None."""
    return Application.objects.filter(role=role, volunteer=volunteer, status__in=LIVE_APPLICATION_STATUSES).first()
