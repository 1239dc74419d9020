"""Deciding about an application."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Refused
from domains.opportunities import facts
from domains.opportunities.eligibility import OVERRIDABLE_CODES
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, Opportunity, OpportunityStatus, Role
from domains.opportunities.selectors import find_reasons
from domains.opportunities.services.application_locks import clean_reason, lock_to_decide
from domains.opportunities.services.moves import move, refuse_unless_possible
from domains.opportunities.transitions import Act, Decision, target_of


@transaction.atomic
def decide_application(
    *, actor: User, application_id: int, decision: Decision, note: str = "", accept_anyway: bool = False
) -> Application:
    """The application has the status that the coordinator decided; a repeat changes nothing.

    Concurrent decisions run one after another, each on the result of the one before. With `accept_anyway` an ACCEPT
    overrides OVERLAPS and MISSING_*: the history says so, and the volunteer and the host's coordinators are notified.
    Refuses with NOT_FOUND, FORBIDDEN, TOO_LONG (the note), CLOSED (the opportunity was cancelled), CONFLICT
    (decided otherwise meanwhile; the message names the current status); and an ACCEPT with all the reasons why the
    volunteer may not hold a slot: EMAIL_NOT_VERIFIED, NOT_ELIGIBLE (a closed account), MISSING_SKILL, MISSING_COURSE,
    MISSING_VERIFICATION, CLOSED (it is over), OVERLAPS and FULL.
    """
    is_accept = decision == Decision.ACCEPT
    application, role = lock_to_decide(actor=actor, application_id=application_id, gives_slot=is_accept)
    reason = clean_reason(note, "note")
    act = Act(decision)
    target = target_of(act)
    if application.status == target:
        return application
    _refuse_if_cancelled(role.opportunity)
    refuse_unless_possible(application=application, act=act, target=target)
    now = timezone.now()
    overrides = _check_acceptance(application, role, now, accept_anyway=accept_anyway) if is_accept else []
    moved = move(
        application=application,
        role=role,
        act=act,
        target=target,
        actor=actor,
        now=now,
        reason=reason,
        overrides=overrides,
    )
    bus.publish(facts.ApplicationDecided(application_id=application.pk, move_id=moved.pk))
    if overrides:
        bus.publish(facts.EligibilityOverridden(application_id=application.pk, move_id=moved.pk))
    return application


def _check_acceptance(
    application: Application, role: Role, now: datetime, *, accept_anyway: bool
) -> list[OpportunityCode]:
    """Return the codes of the reasons that the coordinator overrides, each once; refuses with the others."""
    reasons = find_reasons(volunteer=application.volunteer, roles=[role], now=now, is_new=False)[role.pk]
    overridden = {reason.code for reason in reasons} & OVERRIDABLE_CODES if accept_anyway else frozenset()
    # Without duplicates: two overlapping slots with other hosts give the same message.
    if refusals := dict.fromkeys(one.problem_for_coordinator() for one in reasons if one.code not in overridden):
        raise Refused(*refusals)
    return sorted(overridden)


def _refuse_if_cancelled(opportunity: Opportunity) -> None:
    if opportunity.status == OpportunityStatus.CANCELLED:
        raise Refused.because(OpportunityCode.CLOSED, "The opportunity is cancelled; there is nothing to decide.")
