"""Deciding about an application."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Refused
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, Opportunity, OpportunityStatus
from domains.opportunities.services.changes import clean_reason, lock_to_decide
from domains.opportunities.services.moves import move
from domains.opportunities.transitions import Act, Decision, target_of


@transaction.atomic
def decide_application(*, actor: User, application_id: int, decision: Decision, note: str = "") -> Application:
    """The application stands as the coordinator decided; deciding the same again changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN, TOO_LONG (the note), CLOSED (the opportunity was called off), CONFLICT
    (decided otherwise in the meantime; it names the state that stands) and FULL.
    """
    application, role = lock_to_decide(actor=actor, application_id=application_id)
    reason = clean_reason(note, "note")
    act = Act(decision)
    target = target_of(act)
    if application.status == target:
        return application
    _refuse_if_called_off(role.opportunity)
    moved = move(
        application=application, role=role, act=act, target=target, actor=actor, now=timezone.now(), reason=reason
    )
    bus.publish(facts.ApplicationDecided(application_id=application.pk, move_id=moved.pk))
    return application


def _refuse_if_called_off(opportunity: Opportunity) -> None:
    if opportunity.status == OpportunityStatus.CANCELLED:
        raise Refused.because(OpportunityCode.CLOSED, "The opportunity was called off; there is nothing to decide.")
