"""What must always hold of slots, applications, hours and listings.

The database itself refuses: more slots taken than available, two live applications of one person for a role, an offer
without a deadline, approved hours that overlap or change, and an entry that is corrected twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, Lag
from django.utils import timezone

from domains.base.addresses import DUPLICATE_MARK
from domains.base.audit import invariant
from domains.base.waitlist import OFFER_EXPIRY_WINDOW
from domains.opportunities.eligibility import MAX_SHIFT_LENGTH
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import (
    SLOT_HOLDING_STATUSES,
    WORKING_STATUSES,
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

#: Roles are updated as soon as the relay delivers the merge of the skills.
REPLACEMENT_WINDOW = timedelta(minutes=5)


@invariant
def roles_count_their_slots() -> QuerySet[Role]:
    """The slots that a role counts as taken are its applications that are accepted, offered or completed."""
    held = Count("applications", filter=Q(applications__status__in=SLOT_HOLDING_STATUSES))
    return Role.objects.annotate(held=held).exclude(held=F("slots_taken"))


@invariant
def applications_have_the_status_of_their_last_move() -> QuerySet[Application]:
    """An application has a history, and the status that its last move led to."""
    moves = ApplicationHistory.objects.filter(application=OuterRef("pk")).order_by("-pk")
    last = Coalesce(Subquery(moves.values("to_status")[:1]), Value(""), output_field=CharField())
    return Application.objects.annotate(last=last).exclude(last=F("status"))


@invariant
def moves_begin_where_the_last_one_ended() -> QuerySet[ApplicationHistory]:
    """Each move of an application starts from the status that the one before led to, and the first from none."""
    began = Coalesce("from_status", Value(""), output_field=CharField())
    before = _before("to_status", default=Value(""), output_field=CharField())
    return ApplicationHistory.objects.annotate(began=began, before=before).exclude(began=F("before"))


@invariant
def moves_are_in_order_of_time() -> QuerySet[ApplicationHistory]:
    """No move of an application is earlier than the one before it."""
    return ApplicationHistory.objects.annotate(before=_before("at")).filter(at__lt=F("before"))


@invariant
def waitlisted_applications_have_a_position() -> QuerySet[Application]:
    """Each waitlisted application has the time that decides its position."""
    return Application.objects.without_position()


@invariant
def overdue_offers_expire() -> QuerySet[Application]:
    """An offer that was not answered in time expires within a quarter of an hour."""
    return Application.objects.offers_overdue(timezone.now() - OFFER_EXPIRY_WINDOW)


@invariant
def nobody_holds_two_slots_at_once() -> QuerySet[Application]:
    """No volunteer holds two overlapping slots that are not over, unless accepted anyway or their times changed later.

    Of two such applications the one that was accepted later is the violation.
    """
    accepted = ApplicationHistory.objects.filter(application=OuterRef("pk"), to_status=ApplicationStatus.ACCEPTED)
    held = (
        Application.objects.filter(status=ApplicationStatus.ACCEPTED, role__opportunity__end_date__gt=timezone.now())
        .filter(role__opportunity__end_date__lte=F("role__opportunity__start_date") + MAX_SHIFT_LENGTH)
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


@invariant
def corrections_correct_approved_hours() -> QuerySet[HoursEntry]:
    """A correction of hours corrects approved hours of the same application."""
    corrections = HoursEntry.objects.filter(corrects__isnull=False)
    return corrections.exclude(corrects__status=HoursStatus.APPROVED, corrects__application=F("application"))


@invariant
def proposals_overlap_nothing() -> QuerySet[HoursEntry]:
    """Hours are proposed only to volunteers with an accepted application, and overlap no other hours of theirs."""
    others = HoursEntry.objects.filter(
        volunteer=OuterRef("volunteer"), started_at__lt=OuterRef("ended_at"), ended_at__gt=OuterRef("started_at")
    )
    proposed = HoursEntry.objects.filter(status=HoursStatus.PROPOSED)
    is_alone = ~Exists(others.exclude(pk=OuterRef("pk")))
    return proposed.exclude(is_alone, application__status__in=WORKING_STATUSES)


@invariant
def external_opportunities_have_a_listing() -> QuerySet[Opportunity]:
    """An EXTERNAL opportunity has the listing where it was found."""
    return Opportunity.objects.filter(kind=OpportunityKind.EXTERNAL, listing__isnull=True)


@invariant
def no_role_names_a_merged_skill() -> QuerySet[RoleSkill]:
    """A role that named a merged skill names the skill that it was merged into, within five minutes."""
    merged_before = timezone.now() - REPLACEMENT_WINDOW
    return RoleSkill.objects.filter(skill__merged_into__isnull=False, skill__updated_at__lt=merged_before)


def _before(column: str, **options: Any) -> Window:
    """Return the column of the previous move, in the order of writing."""
    given = {name: options.pop(name) for name in ("default",) if name in options}
    return Window(Lag(column, **given), partition_by="application", order_by="pk", **options)


@invariant
def addresses_are_unique() -> QuerySet[HostMembership]:
    """No member or invitation has a marked address, which means that the host has the mailbox twice."""
    return HostMembership.objects.filter(email__regex=DUPLICATE_MARK)
