"""Answering the offer of a place that became free."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Refused
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationStatus
from domains.opportunities.services.changes import lock_own
from domains.opportunities.services.moves import move
from domains.opportunities.transitions import Act, target_of


@transaction.atomic
def answer_offer(*, actor: User, application_id: int, accept: bool) -> Application:
    """The volunteer has the offered place, or it goes to the next in line; the same answer again changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN (another's offer), EXPIRED (the deadline has passed) and CONFLICT (there is
    no offer; it names the state that stands).
    """
    application, role = lock_own(actor=actor, application_id=application_id)
    act = Act.TAKE_OFFER if accept else Act.REFUSE_OFFER
    target = target_of(act)
    if application.status == target:
        return application
    now = timezone.now()
    deadline = application.offer_expires_at
    is_late = application.status == ApplicationStatus.OFFERED and deadline is not None and deadline <= now
    if is_late or application.status == ApplicationStatus.EXPIRED:
        message = "The offer has run out, and the place went to the next in line. Apply again to wait for another."
        raise Refused.because(OpportunityCode.EXPIRED, message, "application_id")
    moved = move(application=application, role=role, act=act, target=target, actor=actor, now=now)
    bus.publish(facts.OfferAnswered(application_id=application.pk, move_id=moved.pk))
    return application
