"""Proposing the hours that check-in recorded at an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from domains.base import bus
from domains.opportunities import facts
from domains.opportunities.models import WORKING_STATUSES, Application, HoursEntry, HoursStatus, Opportunity, Stay
from domains.opportunities.services import hours_rules
from domains.opportunities.services.hours_rules import lock_volunteer
from domains.opportunities.services.remove_proposals import PROPOSAL_LIFETIME

#: Shorter stays are not proposed.
MIN_LENGTH = timedelta(minutes=1)


@transaction.atomic
def propose_hours(
    *, volunteer_id: int, opportunity_id: int | None, ticket_id: int, stays: Sequence[Stay], is_over: bool
) -> int:
    """The proposals of this ticket are exactly these stays, as far as they can be confirmed; returns how many.

    None without an accepted application for a role of the opportunity; none for a stay that overlaps another entry of
    the volunteer, or that was confirmed. Proposals that are not confirmed yet are changed or removed; all other entries
    stay as they are. Once the event `is_over`, the volunteer is asked to confirm them. A system act; a repeat changes
    nothing.
    """
    lock_volunteer(volunteer_id)
    application = _lock_application(volunteer_id, opportunity_id)
    rows = list(_find_proposals(volunteer_id, ticket_id))
    if application is None:
        HoursEntry.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return 0
    entries = _replace(rows, _possible_stays(application, ticket_id, stays), application, ticket_id)
    if entries and is_over:
        bus.publish(facts.HoursProposed(hours_entry_id=entries[0].pk))
    return len(entries)


def _lock_application(volunteer_id: int, opportunity_id: int | None) -> Application | None:
    """Lock and return the volunteer's accepted application: it can't end before its proposals are stored."""
    accepted = Application.objects.filter(
        volunteer=volunteer_id, role__opportunity=opportunity_id, status__in=WORKING_STATUSES
    )
    locked = accepted.select_for_update(no_key=True, of=("self",)).select_related("role__opportunity")
    return locked.order_by("pk").first()


def _possible_stays(application: Application, ticket_id: int, stays: Sequence[Stay]) -> list[Stay]:
    opportunity, now = application.role.opportunity, timezone.now()
    whole_seconds = [
        Stay(stay.started_at.replace(microsecond=0), stay.ended_at.replace(microsecond=0)) for stay in stays
    ]
    possible = [stay for stay in sorted(whole_seconds) if _can_be_confirmed(stay, opportunity, now)]
    if not possible:
        return []
    within = Stay(possible[0].started_at, max(stay.ended_at for stay in possible))
    settled = _settled_stays(application.volunteer_id, ticket_id, within)
    free = [stay for stay in possible if not any(stay.overlaps(other) for other in settled)]
    others = application.hours.exclude(status=HoursStatus.PROPOSED, proposed_from=ticket_id).count()
    return free[: max(0, hours_rules.MAX_ENTRIES - others)]


def _can_be_confirmed(stay: Stay, opportunity: Opportunity, now: datetime) -> bool:
    """Return whether `log_hours` takes these hours, and they are neither too short nor too old to be proposed."""
    earliest, latest = hours_rules.date_range(opportunity)
    return (
        MIN_LENGTH <= stay.ended_at - stay.started_at <= hours_rules.max_length(opportunity)
        and earliest <= stay.started_at
        and stay.ended_at <= min(latest, now)
        and stay.ended_at >= now - PROPOSAL_LIFETIME
    )


def _settled_stays(volunteer_id: int, ticket_id: int, within: Stay) -> list[Stay]:
    """Return the times of the volunteer's entries, except this ticket's proposals; and what was confirmed of these."""
    others = HoursEntry.objects.filter(volunteer=volunteer_id).exclude(
        status=HoursStatus.PROPOSED, proposed_from=ticket_id
    )
    logged = others.at_the_time_of(within.started_at, within.ended_at).values_list("started_at", "ended_at")
    confirmed = others.filter(proposed_from=ticket_id).values_list("proposed_started_at", "proposed_ended_at")
    return [Stay(*times) for times in logged] + [Stay(began, ended) for began, ended in confirmed if began and ended]


def _replace(
    rows: Sequence[HoursEntry], wanted: Sequence[Stay], application: Application, ticket_id: int
) -> list[HoursEntry]:
    """Store the wanted stays and return them; rows that overlap a wanted stay keep their keys, for clients."""
    left = {_stay_of(row): row for row in rows if row.application_id == application.pk}
    kept = {stay: left.pop(stay) for stay in wanted if stay in left}
    changed = {}
    for stay in wanted:
        if stay not in kept:
            former = next((other for other in left if other.overlaps(stay)), None)
            changed[stay] = left.pop(former) if former else HoursEntry(application=application, proposed_from=ticket_id)
    entries = kept | changed
    HoursEntry.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in entries.values()}).delete()
    for stay, row in changed.items():
        _store(row, application, stay)
    return [entries[stay] for stay in wanted]


def _store(row: HoursEntry, application: Application, stay: Stay) -> None:
    row.volunteer_id, row.status = application.volunteer_id, HoursStatus.PROPOSED
    row.started_at = row.proposed_started_at = stay.started_at
    row.ended_at = row.proposed_ended_at = stay.ended_at
    row.seconds = int((stay.ended_at - stay.started_at).total_seconds())
    row.save()


def _stay_of(row: HoursEntry) -> Stay:
    return Stay(row.started_at, row.ended_at)


def _find_proposals(volunteer_id: int, ticket_id: int) -> QuerySet[HoursEntry]:
    return HoursEntry.objects.filter(volunteer=volunteer_id, proposed_from=ticket_id, status=HoursStatus.PROPOSED)
