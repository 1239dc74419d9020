"""Selectors for applications."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from domains.accounts.models import User
from domains.opportunities.models import LIVE_APPLICATION_STATUSES, Application, ApplicationStatus, Role


def find_applications(*, viewer: User | None) -> QuerySet[Application]:
    """Return applications to hosts that the viewer runs, and the viewer's own, oldest first."""
    return Application.objects.visible_to(viewer).order_by("submitted_at", "pk")


def find_own_applications(*, viewer: User | None) -> QuerySet[Application]:
    """Return the viewer's own applications, newest first; none without a viewer."""
    if viewer is None:
        return Application.objects.none()
    return Application.objects.filter(volunteer=viewer).order_by("-submitted_at", "-pk")


def find_waitlist(*, role: Role) -> QuerySet[Application]:
    """Return the role's waitlist, in order; a system question."""
    waiting = Application.objects.filter(role=role, status=ApplicationStatus.WAITLISTED)
    return waiting.order_by("waitlisted_at", "pk")


def find_overdue_offers(*, now: datetime) -> QuerySet[Application]:
    """Return the offers whose deadline has passed, the oldest first; a system question."""
    overdue = Application.objects.filter(status=ApplicationStatus.OFFERED, offer_expires_at__lte=now)
    return overdue.order_by("offer_expires_at", "pk")


def get_live_application(*, volunteer: User, role: Role) -> Application | None:
    """Return the volunteer's live application for the role, or None."""
    return Application.objects.filter(role=role, volunteer=volunteer, status__in=LIVE_APPLICATION_STATUSES).first()


def waitlist_position() -> Case:
    """Return the expression for an application's position on its role's waitlist, from 1; null if not waitlisted."""
    is_not_after = Q(waitlisted_at__lt=OuterRef("waitlisted_at")) | Q(
        waitlisted_at=OuterRef("waitlisted_at"), pk__lte=OuterRef("pk")
    )
    up_to_here = Application.objects.filter(is_not_after, role=OuterRef("role"), status=ApplicationStatus.WAITLISTED)
    position = up_to_here.order_by().values("role").annotate(length=Count("pk")).values("length")
    return Case(
        When(status=ApplicationStatus.WAITLISTED, then=Subquery(position)),
        default=None,
        output_field=IntegerField(null=True),
    )
