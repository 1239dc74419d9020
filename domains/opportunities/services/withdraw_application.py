"""Withdrawing an application."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Refused
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationStatus
from domains.opportunities.services.application_locks import clean_reason, lock_own
from domains.opportunities.services.moves import move
from domains.opportunities.transitions import Act


@transaction.atomic
def withdraw_application(*, actor: User, application_id: int, reason: str = "") -> Application:
    """The application is WITHDRAWN and its slot, if any, offered to the next on the waitlist; a repeat changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN (another volunteer's application), TOO_LONG and INVALID (the reason), CONFLICT (it
    has ended) and CLOSED (a slot in an opportunity that is over: its coordinators record who came).
    """
    application, role = lock_own(actor=actor, application_id=application_id)
    words = clean_reason(reason, "reason")
    if application.status == ApplicationStatus.WITHDRAWN:
        return application
    now = timezone.now()
    if application.status == ApplicationStatus.ACCEPTED and role.opportunity.end_date <= now:
        message = "It is over, and your slot stays yours: the organization records who came."
        raise Refused.because(OpportunityCode.CLOSED, message, "application_id")
    moved = move(
        application=application,
        role=role,
        act=Act.WITHDRAW,
        target=ApplicationStatus.WITHDRAWN,
        actor=actor,
        now=now,
        reason=words,
    )
    bus.publish(facts.ApplicationWithdrawn(application_id=application.pk, move_id=moved.pk))
    return application
