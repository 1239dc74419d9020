"""What must always hold of places, applications, hours and listings.

The database itself refuses: more places taken than there are, two live applications of one person for a role, an offer
without a deadline, approved hours that overlap or change, and an entry that is corrected twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, Lag
from django.utils import timezone

from domains.base.addresses import MARKED
from domains.base.audit import holds_without
from domains.opportunities.eligibility import MAX_SHIFT
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import (
    PLACE_STATUSES,
    Application,
    ApplicationHistory,
    ApplicationStatus,
    HostMembership,
    HoursEntry,
    HoursStatus,
    Opportunity,
    OpportunityChange,
    OpportunityKind,
    OpportunityStatus,
    Role,
    RoleSkill,
)

#: The roles follow a merge of skills as soon as they are told of it.
FOLLOWED_WITHIN = timedelta(minutes=5)
#: Offers are passed on once a minute; one whose role is busy waits for the next time.
PASSED_ON_WITHIN = timedelta(minutes=15)


@holds_without
def roles_count_their_places() -> QuerySet[Role]:
    """The places that a role counts as taken are those of its applications that are accepted, offered or completed."""
    held = Count("applications", filter=Q(applications__status__in=PLACE_STATUSES))
    return Role.objects.annotate(held=held).exclude(held=F("slots_taken"))


@holds_without
def applications_stand_where_their_history_ends() -> QuerySet[Application]:
    """An application has a history, and stands where its last move led."""
    moves = ApplicationHistory.objects.filter(application=OuterRef("pk")).order_by("-pk")
    last = Coalesce(Subquery(moves.values("to_status")[:1]), Value(""), output_field=CharField())
    return Application.objects.annotate(last=last).exclude(last=F("status"))


@holds_without
def moves_begin_where_the_last_one_ended() -> QuerySet[ApplicationHistory]:
    """Each move of an application begins where the one before it ended, and the first from nowhere."""
    began = Coalesce("from_status", Value(""), output_field=CharField())
    before = _before("to_status", default=Value(""), output_field=CharField())
    return ApplicationHistory.objects.annotate(began=began, before=before).exclude(began=F("before"))


@holds_without
def moves_are_in_order_of_time() -> QuerySet[ApplicationHistory]:
    """No move of an application is earlier than the one before it."""
    return ApplicationHistory.objects.annotate(before=_before("at")).filter(at__lt=F("before"))


@holds_without
def who_waits_has_a_place_in_line() -> QuerySet[Application]:
    """Whoever waits in line has a time by which they stand in it."""
    return Application.objects.filter(status=ApplicationStatus.WAITLISTED, waitlisted_at__isnull=True)


@holds_without
def offers_are_passed_on() -> QuerySet[Application]:
    """An offer that nobody answered in time is passed on within a quarter of an hour."""
    overdue = timezone.now() - PASSED_ON_WITHIN
    return Application.objects.filter(status=ApplicationStatus.OFFERED, offer_expires_at__lt=overdue)


@holds_without
def nobody_holds_two_slots_at_once() -> QuerySet[Application]:
    """Nobody holds two slots of what is to come at the same time, unless accepted anyway or its times changed later.

    Of two such applications the one that was accepted later breaks it.
    """
    accepted = ApplicationHistory.objects.filter(application=OuterRef("pk"), to_status=ApplicationStatus.ACCEPTED)
    held = (
        Application.objects.filter(status=ApplicationStatus.ACCEPTED, role__opportunity__end_date__gt=timezone.now())
        .filter(role__opportunity__end_date__lte=F("role__opportunity__start_date") + MAX_SHIFT)
        .exclude(role__opportunity__status=OpportunityStatus.CANCELLED)
        .annotate(
            move=Subquery(accepted.values("pk")[:1]),
            accepted_at=Subquery(accepted.values("at")[:1]),
            begins=F("role__opportunity__start_date"),
            ends=F("role__opportunity__end_date"),
        )
    )
    changes = OpportunityChange.objects.filter(
        opportunity=OuterRef("role__opportunity"), after__has_any_keys=["start_date", "end_date"]
    )
    earlier = held.filter(
        ~Exists(changes.filter(at__gte=OuterRef(OuterRef("accepted_at")))),
        volunteer=OuterRef("volunteer"),
        move__lt=OuterRef("move"),
        begins__lt=OuterRef("ends"),
        ends__gt=OuterRef("begins"),
    )
    return held.filter(
        ~Exists(accepted.filter(overrides__icontains=OpportunityCode.OVERLAPS)),
        ~Exists(changes.filter(at__gte=OuterRef("accepted_at"))),
        Exists(earlier),
    )


@holds_without
def corrections_correct_approved_hours() -> QuerySet[HoursEntry]:
    """A correction of hours corrects approved ones, of the same application."""
    corrections = HoursEntry.objects.filter(corrects__isnull=False)
    return corrections.exclude(corrects__status=HoursStatus.APPROVED, corrects__application=F("application"))


@holds_without
def external_opportunities_have_a_listing() -> QuerySet[Opportunity]:
    """An opportunity that is applied for elsewhere says where it was found."""
    return Opportunity.objects.filter(kind=OpportunityKind.EXTERNAL, listing__isnull=True)


@holds_without
def no_role_names_a_merged_skill() -> QuerySet[RoleSkill]:
    """A role that named a skill which was merged into another names the other, within five minutes."""
    merged_before = timezone.now() - FOLLOWED_WITHIN
    return RoleSkill.objects.filter(skill__merged_into__isnull=False, skill__updated_at__lt=merged_before)


def _before(column: str, **options: Any) -> Window:
    """Return the column of the move before, in the order in which they were written."""
    given = {name: options.pop(name) for name in ("default",) if name in options}
    return Window(Lag(column, **given), partition_by="application", order_by="pk", **options)


@holds_without
def addresses_have_their_one_form() -> QuerySet[HostMembership]:
    """No member or invitation is marked because the host has the mailbox twice."""
    return HostMembership.objects.filter(email__regex=MARKED)
