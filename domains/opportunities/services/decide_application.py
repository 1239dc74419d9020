"""Deciding about an application."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.opportunities import facts, policies
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationHistory, Opportunity, OpportunityStatus
from domains.opportunities.services.moves import lock_role, move
from domains.opportunities.services.values import one_line
from domains.opportunities.transitions import Act, Decision, target_of

LONGEST_NOTE = ApplicationHistory._meta.get_field("reason").max_length or 0


@transaction.atomic
def decide_application(*, actor: User, application_id: int, decision: Decision, note: str = "") -> Application:
    """The application stands as the coordinator decided; deciding the same again changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN, TOO_LONG (the note), CLOSED (the opportunity was called off), CONFLICT
    (decided otherwise in the meantime; it names the state that stands) and FULL.
    """
    application = (
        Application.objects.visible_to(actor).select_related("role__opportunity").filter(pk=application_id).first()
    )
    if application is None:
        raise NotFound("application", "application_id")
    if not policies.can_decide_application(actor, application):
        raise NotAllowed("Only owners and coordinators of the organisation decide about applications.")
    note = one_line(note)
    if len(note) > LONGEST_NOTE:
        raise Refused.because(Code.TOO_LONG, f"Write at most {LONGEST_NOTE} characters.", "note")
    role = lock_role(viewer=actor, role_id=application.role_id)
    if role is None:
        raise NotFound("application", "application_id")
    # Others may have decided while this waited for the lock.
    application.refresh_from_db()
    act = Act(decision)
    if application.status == target_of(act):
        return application
    _refuse_if_called_off(role.opportunity)
    moved = move(
        application=application,
        role=role,
        act=act,
        target=target_of(act),
        actor=actor,
        now=timezone.now(),
        reason=note,
    )
    bus.publish(facts.ApplicationDecided(application_id=application.pk, move_id=moved.pk))
    return application


def _refuse_if_called_off(opportunity: Opportunity) -> None:
    if opportunity.status == OpportunityStatus.CANCELLED:
        raise Refused.because(OpportunityCode.CLOSED, "The opportunity was called off; there is nothing to decide.")
