"""The rule for minors: an adult and somebody who may be under 18 may talk only if they have something in common.

That is an opportunity or an event that both take part in, or that one takes part in and the other organizes; a group
that the adult did not begin; or a question that the minor asked about an opportunity or an event which the adult
organizes.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Q, QuerySet

from domains.accounts.models import User
from domains.accounts.policies import may_be_minor
from domains.events.models import LIVE_TICKET_STATUSES, EventTicket
from domains.messaging.models import Conversation, Participant
from domains.opportunities.models import LIVE_APPLICATION_STATUSES, MANAGING_ROLES, Application


def adult_and_minor(years: dict[int, int | None]) -> tuple[int, int] | None:
    """Return the adult and the minor of two people, given by their birth years, or None if they are no such pair."""
    minors = [key for key, year in years.items() if may_be_minor(year)]
    adults = [key for key in years if key not in minors]
    return (adults[0], minors[0]) if adults and minors else None


def has_common_ground(adult: int, minor: int) -> bool:
    """Tell whether the two have something in common, by one statement."""
    return User.objects.filter(common_ground(adult, minor), pk=minor).exists()


def common_ground(adult: Any, minor: Any) -> Q:
    """Return what an adult and a minor must have in common to talk; each is a key, or refers to the outer row's."""
    applications = Application.objects.filter(volunteer=minor, status__in=LIVE_APPLICATION_STATUSES)
    tickets = EventTicket.objects.filter(attendee=minor, status__in=LIVE_TICKET_STATUSES)
    both_apply = applications.filter(
        role__opportunity__roles__applications__volunteer=adult,
        role__opportunity__roles__applications__status__in=LIVE_APPLICATION_STATUSES,
    )
    applies_to_host_of = applications.filter(
        role__opportunity__host__memberships__user=adult,
        role__opportunity__host__memberships__accepted_at__isnull=False,
    )
    both_attend = tickets.filter(event__tickets__attendee=adult, event__tickets__status__in=LIVE_TICKET_STATUSES)
    attends_event_of = tickets.filter(
        Q(event__host=adult, event__organization__isnull=True)
        | Q(
            event__organization__memberships__user=adult,
            event__organization__memberships__accepted_at__isnull=False,
            event__organization__memberships__role__in=MANAGING_ROLES,
        )
    )
    rows = (
        both_apply,
        applies_to_host_of,
        both_attend,
        attends_event_of,
        _groups_of(adult, minor),
        _questions_to(adult, minor),
    )
    return reduce(or_, (Q(Exists(found)) for found in rows))


def _groups_of(adult: Any, minor: Any) -> QuerySet[Participant]:
    """Return the minor's part in groups where both are now; those that the adult began would be a way around."""
    return Participant.objects.filter(
        user=minor,
        left_at__isnull=True,
        conversation__is_group=True,
        conversation__participations__user=adult,
        conversation__participations__left_at__isnull=True,
    ).exclude(conversation__created_by=adult)


def _questions_to(adult: Any, minor: Any) -> QuerySet[Conversation]:
    """Return the direct conversation that the minor began about something that the adult organizes, and is in."""
    # By joins: `adult` may refer to the outer row, which a subquery in this one would not see.
    organized = (
        Q(opportunity__host__memberships__user=adult, opportunity__host__memberships__accepted_at__isnull=False)
        | Q(event__organization__memberships__user=adult, event__organization__memberships__accepted_at__isnull=False)
        | Q(event__host=adult, event__organization__isnull=True)
    )
    return Conversation.objects.filter(organized, is_group=False, created_by=minor, participations__user=adult).filter(
        participations__user=minor, participations__left_at__isnull=True
    )
