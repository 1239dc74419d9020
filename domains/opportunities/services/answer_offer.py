"""Accepting or refusing the offer of a free slot."""

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
from domains.opportunities.services.application_locks import lock_own
from domains.opportunities.services.moves import move, refuse_unless_possible
from domains.opportunities.transitions import Act, target_of

#: Reason in the history when the volunteer holds an overlapping slot. It doesn't name that slot: it is private.
HOLDS_OVERLAPPING_SLOT = "Holds another slot at that time."


def answer_offer(*, actor: User, application_id: int, accept: bool) -> Application:
    """The volunteer holds the offered slot, or it goes to the next on the waitlist; a repeat changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN (another volunteer's offer), EXPIRED (the deadline has passed), CONFLICT (there is
    no offer; the message names the current status), and with the reasons why the volunteer may not hold the slot now:
    EMAIL_NOT_VERIFIED, MISSING_SKILL, MISSING_COURSE, MISSING_VERIFICATION, CLOSED and OVERLAPS. These keep the offer
    open until its deadline, except OVERLAPS: the slot goes to the next volunteer at once, and the application returns
    to its position on the waitlist.
    """
    with transaction.atomic():
        application, role = lock_own(actor=actor, application_id=application_id, gives_slot=accept)
        refusals = _answer(actor, application, role, accept=accept)
    # Raised after the commit, so that the changes of a refusal with OVERLAPS are kept.
    if refusals:
        raise Refused(*refusals)
    return application


def _answer(actor: User, application: Application, role: Role, *, accept: bool) -> list[Problem]:
    act = Act.TAKE_OFFER if accept else Act.REFUSE_OFFER
    target = target_of(act)
    if application.status == target:
        return []
    now = timezone.now()
    if application.is_overdue(now) or application.status == ApplicationStatus.EXPIRED:
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
        reason=HOLDS_OVERLAPPING_SLOT,
    )
    what_now = "This slot goes to the next on the waitlist; you keep your position for a later one."
    return [
        replace(problem, message=f"{problem.message} {what_now}")
        if problem.code == OpportunityCode.OVERLAPS
        else problem
        for problem in problems
    ]
