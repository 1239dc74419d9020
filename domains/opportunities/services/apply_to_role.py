"""Applying for a slot."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import NotFound, Problem, Refused
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationStatus, Role
from domains.opportunities.selectors import find_reasons, find_roles, get_live_application
from domains.opportunities.services.locks import lock_role, lock_volunteers
from domains.opportunities.services.moves import move
from domains.opportunities.services.values import problems_of, problems_of_texts
from domains.opportunities.transitions import Act

#: How often a volunteer may apply for the same role.
MAX_APPLICATIONS_PER_DAY = 10


@transaction.atomic
def apply_to_role(*, actor: User, role_id: int, cover_letter: str = "", join_waitlist: bool = False) -> Application:
    """The actor has applied, and waits for a decision, holds a slot at once, or is on the waitlist.

    A repeat while the application is live returns it unchanged. Refuses with NOT_FOUND, and then
    with all the reasons at once: EMAIL_NOT_VERIFIED, NOT_VOLUNTEER, MISSING_SKILL, MISSING_COURSE,
    MISSING_VERIFICATION, CLOSED, OVERLAPS, FULL (unless `join_waitlist`), TOO_LONG and INVALID; at last with
    RATE_LIMITED, because the host gets a mail for each application of a volunteer who applies and withdraws repeatedly.
    """
    volunteer = lock_volunteers(volunteer_ids=[actor.pk])[actor.pk]
    seen = find_roles(viewer=actor).filter(pk=role_id).first()
    if seen is None:
        raise NotFound("role", "role_id")
    if earlier := get_live_application(volunteer=actor, role=seen):
        return earlier
    application = Application(role=seen, volunteer=actor, cover_letter=cover_letter.strip())
    problems = [
        *_reasons(volunteer, seen, timezone.now()),
        *problems_of(application, exclude={"role", "volunteer"}),
        *problems_of_texts(application, lines=()),
    ]
    # Refuses most of a crowd before they lock the role, so that they don't keep the others waiting.
    _refuse(problems, join_waitlist=join_waitlist)
    rates.spend(what="apply_to_role", key=f"{actor.pk} {role_id}", limit=MAX_APPLICATIONS_PER_DAY, seconds=86400)
    role = lock_role(viewer=actor, role_id=role_id)
    if role is None:
        raise NotFound("role", "role_id")
    now = timezone.now()
    # Check again: the role, its opportunity and the slots may have changed before this got the lock.
    _refuse(_reasons(volunteer, role, now), join_waitlist=join_waitlist)
    application.submitted_at = now
    move(application=application, role=role, act=Act.APPLY, target=_first_status(role), actor=actor, now=now)
    bus.publish(facts.ApplicationSubmitted(application_id=application.pk))
    return application


def _reasons(volunteer: User, role: Role, now: datetime) -> list[Problem]:
    reasons = find_reasons(volunteer=volunteer, roles=[role], now=now, is_new=True)[role.pk]
    return [reason.problem_for_volunteer() for reason in reasons]


def _refuse(problems: list[Problem], *, join_waitlist: bool) -> None:
    refusals = [one for one in problems if not (join_waitlist and one.code == OpportunityCode.FULL)]
    if refusals:
        raise Refused(*refusals)


def _first_status(role: Role) -> ApplicationStatus:
    if role.slots_taken >= role.slots_available:
        return ApplicationStatus.WAITLISTED
    return ApplicationStatus.APPLIED if role.requires_approval else ApplicationStatus.ACCEPTED
