"""Creating an event."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, NotAllowed, NotFound, Problem, Refused
from domains.events import facts
from domains.events.errors import EventCode
from domains.events.models import Event, EventStatus
from domains.events.services.drafts import EventDraft, problems_of_draft
from domains.opportunities.models import OpportunityHost
from domains.opportunities.policies import can_run_host

MAX_PER_HOUR = 60
IS_OVER = "The event would be over already. Give an endDate in the future."


def create_event(*, actor: User, draft: EventDraft, host_id: int | None = None, is_draft: bool = False) -> Event:
    """The event exists, published unless `is_draft`; it belongs to the organization, or to the actor without one.

    Refuses with EMAIL_NOT_VERIFIED, NOT_FOUND and FORBIDDEN (the organization), NOT_ELIGIBLE (a minor without an
    organization), RATE_LIMITED, and with every problem of the values: REQUIRED, TOO_SHORT, TOO_LONG, INVALID, NOT_FOUND
    and FORBIDDEN (the opportunity).
    """
    _refuse_creator(actor, host_id)
    rates.spend(what="create_event", key=str(actor.pk), limit=MAX_PER_HOUR, seconds=3600)
    event = draft.row(host=actor, organization_id=host_id)
    event.status = EventStatus.DRAFT if is_draft else EventStatus.PUBLISHED
    problems = problems_of_draft(event, creator=actor)
    if not problems and not is_draft and event.end_date <= timezone.now():
        problems = [Problem(Code.INVALID, IS_OVER, "end_date")]
    if problems:
        raise Refused(*problems)
    with transaction.atomic():
        event.save()
        if not is_draft:
            bus.publish(facts.EventPublished(event_id=event.pk))
    return event


def _refuse_creator(actor: User, host_id: int | None) -> None:
    if not actor.is_email_verified:
        raise NotAllowed("Verify your email address before you create an event.", EventCode.EMAIL_NOT_VERIFIED)
    if host_id is None:
        if not User.objects.adults().filter(pk=actor.pk).exists():
            message = "You must be 18 to create an event of your own. Ask an organization to create it."
            raise NotAllowed(message, EventCode.NOT_ELIGIBLE)
        return
    if not OpportunityHost.objects.filter(pk=host_id).exists():
        raise NotFound("host", "host_id")
    if not can_run_host(actor, host_id):
        raise NotAllowed("Only owners and coordinators of the organization may create its events.")
