"""Answering the offer of a slot that became free."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Problem, Refused
from domains.opportunities import facts
from domains.opportunities.eligibility import Reason
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationStatus, Role
from domains.opportunities.selectors import find_reasons
from domains.opportunities.services.changes import lock_own
from domains.opportunities.services.moves import move, refuse_unless_possible
from domains.opportunities.transitions import Act, target_of

#: What the history says of an offer that was taken too late: which slot it is, is the volunteer's own business.
HOLDS_ANOTHER = "Holds another slot at that time."


def answer_offer(*, actor: User, application_id: int, accept: bool) -> Application:
    """The volunteer holds the offered slot, or it goes to the next on the waitlist; again changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN (another's offer), EXPIRED (the deadline has passed), CONFLICT (there is no offer;
    it names the state that stands), and with the reasons why the volunteer may not hold the slot now:
    EMAIL_NOT_VERIFIED, MISSING_SKILL, MISSING_COURSE, MISSING_VERIFICATION, CLOSED and OVERLAPS. They leave the offer
    until its deadline. Only OVERLAPS does not: the slot goes to the next at once, and the application back to its
    position on the waitlist.
    """
    with transaction.atomic():
        application, role = lock_own(actor=actor, application_id=application_id, gives_slot=accept)
        refusals = _answer(actor, application, role, accept=accept)
    # Only now: what a refusal for OVERLAPS changed is to stay.
    if refusals:
        raise Refused(*refusals)
    return application


def _answer(actor: User, application: Application, role: Role, *, accept: bool) -> list[Problem]:
    act = Act.TAKE_OFFER if accept else Act.REFUSE_OFFER
    target = target_of(act)
    if application.status == target:
        return []
    now = timezone.now()
    deadline = application.offer_expires_at
    is_late = application.status == ApplicationStatus.OFFERED and deadline is not None and deadline <= now
    if is_late or application.status == ApplicationStatus.EXPIRED:
        message = "The offer has expired, and the slot went to the next on the waitlist. Apply again to wait."
        raise Refused.because(OpportunityCode.EXPIRED, message, "application_id")
    refuse_unless_possible(application=application, act=act, target=target)
    if accept:
        found = find_reasons(volunteer=application.volunteer, roles=[role], now=now, is_new=False, has_offer=True)
        if reasons := found[role.pk]:
            return _refuse(application, role, reasons)
    moved = move(application=application, role=role, act=act, target=target, actor=actor, now=now)
    bus.publish(facts.OfferAnswered(application_id=application.pk, move_id=moved.pk))
    return []


def _refuse(application: Application, role: Role, reasons: list[Reason]) -> list[Problem]:
    problems = [reason.problem_for_volunteer() for reason in reasons]
    if all(reason.code != OpportunityCode.OVERLAPS for reason in reasons):
        return problems
    move(
        application=application,
        role=role,
        act=Act.RETURN,
        target=target_of(Act.RETURN),
        actor=None,
        now=timezone.now(),
        reason=HOLDS_ANOTHER,
    )
    what_now = "This slot goes to the next on the waitlist; you keep your position for a later one."
    return [
        replace(problem, message=f"{problem.message} {what_now}")
        if problem.code == OpportunityCode.OVERLAPS
        else problem
        for problem in problems
    ]
