"""Applying for a place."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import NotFound, Problem, Refused
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationStatus, Role
from domains.opportunities.selectors import find_late_obstacles, find_obstacles, find_roles, get_live_application
from domains.opportunities.services.moves import lock_role, move
from domains.opportunities.services.values import problems_of, problems_of_words
from domains.opportunities.transitions import Act

#: How often one may apply for the same role.
MOST_A_DAY = 10


@transaction.atomic
def apply_to_role(*, actor: User, role_id: int, cover_letter: str = "", join_waitlist: bool = False) -> Application:
    """The actor has applied: waits for a decision, has a place at once, or stands in line for one.

    Applying again while the application lives answers with it, as it stands. Refuses with NOT_FOUND, and then
    with all that is in the way: EMAIL_NOT_VERIFIED, NOT_VOLUNTEER, MISSING_SKILL, MISSING_COURSE,
    MISSING_VERIFICATION, CLOSED, OVERLAPS, FULL (unless one may wait in line), TOO_LONG and INVALID; at last with
    RATE_LIMITED: who applies and withdraws again and again has the organisation mailed each time.
    """
    # One's own wishes are heard one after another: two places at the same time would both seem free of overlaps.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    seen = find_roles(viewer=actor).filter(pk=role_id).first()
    if seen is None:
        raise NotFound("role", "role_id")
    if earlier := get_live_application(volunteer=actor, role=seen):
        return earlier
    application = Application(role=seen, volunteer=actor, cover_letter=cover_letter.strip())
    problems = [
        *find_obstacles(viewer=actor, roles=[seen])[seen.pk],
        *problems_of(application, exclude={"role", "volunteer"}),
        *problems_of_words(application, lines=()),
    ]
    # Most of a crowd is refused here, before it stands in the way of the others.
    _refuse(problems, join_waitlist=join_waitlist)
    rates.spend(what="apply_to_role", key=f"{actor.pk} {role_id}", limit=MOST_A_DAY, seconds=86400)
    role = lock_role(viewer=actor, role_id=role_id)
    if role is None:
        raise NotFound("role", "role_id")
    now = timezone.now()
    _refuse(find_late_obstacles(role=role, now=now), join_waitlist=join_waitlist)
    application.submitted_at = now
    move(application=application, role=role, act=Act.APPLY, target=_first_status(role), actor=actor, now=now)
    bus.publish(facts.ApplicationSubmitted(application_id=application.pk))
    return application


def _refuse(problems: list[Problem], *, join_waitlist: bool) -> None:
    standing = [one for one in problems if not (join_waitlist and one.code == OpportunityCode.FULL)]
    if standing:
        raise Refused(*standing)


def _first_status(role: Role) -> ApplicationStatus:
    if role.slots_taken >= role.slots_available:
        return ApplicationStatus.WAITLISTED
    return ApplicationStatus.APPLIED if role.requires_approval else ApplicationStatus.ACCEPTED
