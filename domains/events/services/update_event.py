"""Changing an event, including its time and location."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, Problem, Refused
from domains.events import facts
from domains.events.models import Event, EventStatus
from domains.events.selectors import find_tickets_to_propose
from domains.events.services.changes import record_change
from domains.events.services.create_event import IS_OVER
from domains.events.services.drafts import LOCATION_COLUMNS, EventChanges, columns_changed, problems_of_draft
from domains.events.services.locks import lock_to_manage
from domains.events.services.moves import offer_slots, shorten_offers

#: The columns that say when and where the event takes place.
NOTIFIED_COLUMNS = ("event_date", "end_date", *LOCATION_COLUMNS)
#: Of these, the columns that a notification names: the coordinates change with what people read.
NAMED_COLUMNS = ("event_date", "end_date", "location", "location_zip")
#: How often an hour ticket holders are notified of changes.
MAX_ANNOUNCEMENTS_PER_HOUR = 20


@transaction.atomic
def update_event(*, actor: User, event_id: int, changes: EventChanges) -> Event:
    """The event has the given values. Of two concurrent changes the later wins.

    If a published one changes its time or location, ticket holders are notified. More attendees: the free slots are
    offered to the waitlist. Refuses with NOT_FOUND, FORBIDDEN, CONFLICT (canceled; time or location after it is over;
    fewer attendees than tickets), and with every problem of the values: REQUIRED, TOO_SHORT, TOO_LONG, INVALID,
    NOT_FOUND and FORBIDDEN (the opportunity); at last with RATE_LIMITED (the time or location changes too often).
    """
    event = lock_to_manage(actor=actor, event_id=event_id, what="change it")
    now = timezone.now()
    if event.status == EventStatus.CANCELLED:
        raise Refused.because(Code.CONFLICT, "The event is canceled, so it can't be changed.", "event_id")
    wanted = changes.applied_to(event).row(host=event.host, organization_id=event.organization_id)
    changed = columns_changed(event, wanted, changes)
    if problems := [
        *_problems_of_state(event, changed, now),
        *problems_of_draft(wanted, creator=actor, before=event),
    ]:
        raise Refused(*problems)
    before = {name: getattr(event, name) for name in changed}
    _store(event, changed)
    if not changed.keys().isdisjoint({"event_date", "end_date"}):
        shorten_offers(event=event, now=now)
    if "max_attendees" in changed:
        offer_slots(event=event, now=now)
    _announce(event, actor, before, changed)
    return event


def _store(event: Event, changed: Mapping[str, Any]) -> None:
    if not changed:
        return
    if "opportunity_id" in changed:
        # Once it is over, hours are proposed to the volunteers of this opportunity.
        changed = {**changed, "hours_proposed_at": None}
    for name, value in changed.items():
        setattr(event, name, value)
    event.save(update_fields=[*(name.removesuffix("_id") for name in changed), "updated_at"])
    if "opportunity_id" in changed:
        _propose_again(event)


def _propose_again(event: Event) -> None:
    """Hours that were proposed for the former opportunity are proposed for the new one, or taken back."""
    ticket_ids = list(find_tickets_to_propose(event=event).values_list("pk", flat=True))
    if ticket_ids:
        bus.publish(facts.AttendeesPassed(event_id=event.pk, ticket_ids=ticket_ids))


def _announce(event: Event, actor: User, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    notified = [name for name in NAMED_COLUMNS if name in after]
    if not notified or event.status == EventStatus.DRAFT:
        return
    rates.spend(what="announce_event", key=str(event.pk), limit=MAX_ANNOUNCEMENTS_PER_HOUR, seconds=3600)
    event.revision += 1
    event.save(update_fields=["revision"])
    change = record_change(
        event=event,
        actor=actor,
        before={name: before[name] for name in notified},
        after={name: after[name] for name in notified},
        now=timezone.now(),
    )
    bus.publish(facts.EventChanged(event_id=event.pk, change_id=change.pk))


def _problems_of_state(event: Event, changed: Mapping[str, Any], now: datetime) -> list[Problem]:
    """Return the problems that depend on the current state: the event is over, tickets are taken."""
    problems = []
    most = changed.get("max_attendees")
    if most is not None and 0 < most < event.tickets_taken:
        taken = "1 ticket is" if event.tickets_taken == 1 else f"{event.tickets_taken:,} tickets are"
        message = f"{taken} taken. Allow at least as many attendees, or revoke tickets first."
        problems.append(Problem(Code.CONFLICT, message, "max_attendees"))
    moved = [name for name in NOTIFIED_COLUMNS if name in changed]
    if event.status == EventStatus.DRAFT or not moved:
        return problems
    if event.end_date <= now:
        message = "The event is over, so its times and its location can't be changed."
        problems.append(Problem(Code.CONFLICT, message, moved[0]))
    elif _is_over(changed.get("end_date"), now):
        problems.append(Problem(Code.INVALID, IS_OVER, "end_date"))
    return problems


def _is_over(end_date: datetime | None, now: datetime) -> bool:
    # `problems_of_draft` refuses a time without an offset.
    return end_date is not None and timezone.is_aware(end_date) and end_date <= now
