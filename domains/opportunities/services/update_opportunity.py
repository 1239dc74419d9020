"""Changing an opportunity, including its times and location."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, Problem, Refused
from domains.base.waitlist import latest_deadline
from domains.opportunities import facts
from domains.opportunities.models import Application, Opportunity, OpportunityStatus
from domains.opportunities.services.announcements import NOTIFIED_COLUMNS, record_change
from domains.opportunities.services.drafts import (
    OpportunityChanges,
    columns_changed,
    problems_of_draft,
    problems_of_kind,
)
from domains.opportunities.services.locks import lock_opportunity

#: How often an hour volunteers with a slot are notified of changes.
MAX_ANNOUNCEMENTS_PER_HOUR = 20


@transaction.atomic
def update_opportunity(*, actor: User, opportunity_id: int, changes: OpportunityChanges) -> Opportunity:
    """The opportunity has the given values; None leaves a value unchanged. Of two concurrent changes the later wins.

    If a published one changes its times or location, volunteers with a slot are notified. Refuses with NOT_FOUND,
    FORBIDDEN, CONFLICT (cancelled; times or location after it is over; another kind after somebody applied), and with
    every problem of the values: REQUIRED, TOO_SHORT, TOO_LONG, INVALID and NOT_FOUND; at last with
    RATE_LIMITED (the times or location change too often).
    """
    now = timezone.now()
    opportunity = lock_opportunity(actor=actor, opportunity_id=opportunity_id, what="change its opportunities")
    if opportunity.status == OpportunityStatus.CANCELLED:
        raise Refused.because(Code.CONFLICT, "It is cancelled and can't be changed any more.", "opportunity_id")
    draft = changes.applied_to(opportunity)
    wanted = draft.row(host_id=opportunity.host_id, created_by=None)
    changed = columns_changed(opportunity, wanted)
    if problems := [
        *_problems_of_state(opportunity, changed, now),
        *problems_of_draft(draft, wanted, before=opportunity),
    ]:
        raise Refused(*problems)
    before = {name: getattr(opportunity, name) for name in changed}
    _store(opportunity, changed, changes)
    _bring_deadlines_forward(opportunity, changed, now)
    notified_columns = [name for name in NOTIFIED_COLUMNS if name in changed]
    if notified_columns and opportunity.status != OpportunityStatus.DRAFT:
        rates.spend(what="announce_change", key=str(opportunity.pk), limit=MAX_ANNOUNCEMENTS_PER_HOUR, seconds=3600)
        change = record_change(
            opportunity=opportunity,
            actor=actor,
            before={name: before[name] for name in notified_columns},
            after={name: changed[name] for name in notified_columns},
            # Read under the roles' locks: volunteers accepted before then were accepted with the former times.
            now=timezone.now(),
        )
        bus.publish(facts.OpportunityChanged(opportunity_id=opportunity.pk, change_id=change.pk))
    return opportunity


def _store(opportunity: Opportunity, changed: Mapping[str, Any], changes: OpportunityChanges) -> None:
    causes = changes.cause_ids
    has_other_causes = causes is not None and set(causes) != set(opportunity.causes.values_list("pk", flat=True))
    if causes is not None and has_other_causes:
        opportunity.causes.set(causes)
    if changed or has_other_causes:
        for name, value in changed.items():
            setattr(opportunity, name, value)
        opportunity.save(update_fields=[*changed, "updated_at"])


def _bring_deadlines_forward(opportunity: Opportunity, changed: Mapping[str, Any], now: datetime) -> None:
    """No offer ends after the opportunity's new latest deadline, including offers that are being made right now."""
    if not changed.keys().isdisjoint({"start_date", "end_date"}):
        # Offers are made under the role's lock: each exists once this has the locks, or is made with the new times.
        list(opportunity.roles.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        latest = latest_deadline(starts_at=opportunity.start_date, ends_at=opportunity.end_date, now=now)
        Application.objects.filter(role__opportunity=opportunity).bring_offers_forward(latest)


def _problems_of_state(opportunity: Opportunity, changed: Mapping[str, Any], now: datetime) -> list[Problem]:
    """Return the problems that depend on the current state: the opportunity is over, somebody has applied."""
    problems = []
    if "kind" in changed:
        problems += problems_of_kind(changed["kind"]) or _problems_of_kind_change(opportunity)
    if opportunity.status == OpportunityStatus.DRAFT or changed.keys().isdisjoint(NOTIFIED_COLUMNS):
        return problems
    if opportunity.end_date <= now:
        message = "It is over: when and where it was can't be changed any more."
        problems.append(Problem(Code.CONFLICT, message, next(name for name in NOTIFIED_COLUMNS if name in changed)))
    elif _is_over(changed.get("end_date"), now):
        problems.append(
            Problem(Code.INVALID, "It would be over already; give an end that is still to come.", "end_date")
        )
    return problems


def _is_over(end_date: datetime | None, now: datetime) -> bool:
    # `problems_of_draft` refuses a time without an offset.
    return end_date is not None and timezone.is_aware(end_date) and end_date <= now


def _problems_of_kind_change(opportunity: Opportunity) -> list[Problem]:
    # Volunteers apply under the role's lock: an application that is not found here comes later.
    list(opportunity.roles.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not Application.objects.filter(role__opportunity=opportunity).exists():
        return []
    return [
        Problem(Code.CONFLICT, "Somebody has applied: the way volunteers get a slot can't be changed any more.", "kind")
    ]
