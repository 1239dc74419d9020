"""Applying for a place."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import NotFound, Refused
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationStatus, Role
from domains.opportunities.selectors import find_obstacles, get_live_application
from domains.opportunities.services.moves import lock_role, move
from domains.opportunities.services.values import problems_of
from domains.opportunities.transitions import Act


@transaction.atomic
def apply_to_role(*, actor: User, role_id: int, cover_letter: str = "", join_waitlist: bool = False) -> Application:
    """The actor has applied: waits for a decision, has a place at once, or stands in line for one.

    Applying again while the application lives answers with it, as it stands. Refuses with NOT_FOUND, and then
    with all that is in the way: EMAIL_NOT_VERIFIED, NOT_VOLUNTEER, CLOSED, FULL (unless one may wait in line)
    and TOO_LONG.
    """
    now = timezone.now()
    role = lock_role(viewer=actor, role_id=role_id)
    if role is None:
        raise NotFound("role", "role_id")
    if earlier := get_live_application(volunteer=actor, role=role):
        return earlier
    application = Application(role=role, volunteer=actor, cover_letter=cover_letter.strip(), submitted_at=now)
    obstacles = find_obstacles(viewer=actor, role=role, now=now)
    is_full = any(obstacle.code == OpportunityCode.FULL for obstacle in obstacles)
    if is_full and join_waitlist:
        obstacles = [obstacle for obstacle in obstacles if obstacle.code != OpportunityCode.FULL]
    if problems := [*obstacles, *problems_of(application, exclude={"role", "volunteer"})]:
        raise Refused(*problems)
    move(
        application=application,
        role=role,
        act=Act.APPLY,
        target=_first_status(role, is_full=is_full),
        actor=actor,
        now=now,
    )
    bus.publish(facts.ApplicationSubmitted(application_id=application.pk))
    return application


def _first_status(role: Role, *, is_full: bool) -> ApplicationStatus:
    if is_full:
        return ApplicationStatus.WAITLISTED
    return ApplicationStatus.APPLIED if role.requires_approval else ApplicationStatus.ACCEPTED
