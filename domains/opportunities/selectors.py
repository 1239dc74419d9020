"""Questions about hosts, opportunities, roles and applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Case, Count, F, IntegerField, OrderBy, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, Problem
from domains.opportunities import policies
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import (
    LIVE_STATUSES,
    MANAGING_ROLES,
    Application,
    ApplicationStatus,
    Opportunity,
    OpportunityKind,
    OpportunityStatus,
    Role,
    RoleSkill,
)

#: Times outside are mistakes; those near the calendar's ends have no UTC.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wishes:
    """What a list of opportunities is narrowed to; None where everything will do."""

    status: OpportunityStatus | None = None
    kind: OpportunityKind | None = None
    host_id: int | None = None
    skill_ids: Sequence[int] | None = None
    cause_ids: Sequence[int] | None = None
    is_remote: bool | None = None
    location_zip: str | None = None
    starts_after: datetime | None = None
    starts_before: datetime | None = None
    source: str | None = None


@dataclass(frozen=True)
class Order:
    """One column of an ordering."""

    column: str
    is_descending: bool = False

    def expression(self) -> OrderBy:
        """Return it as Django orders."""
        column = F(self.column)
        return column.desc() if self.is_descending else column.asc()


BY_START = Order("start_date")


def find_opportunities(
    *, viewer: User | None, wishes: Wishes, ordering: Sequence[Order] = (BY_START,)
) -> QuerySet[Opportunity]:
    """Return the opportunities that the wishes fit, in a total order; without a wished status the open ones.

    What is over is none of the open ones, though it may stand so until `close_ended_opportunities` runs.
    """
    columns = {order.column: order for order in reversed(ordering or (BY_START,))}
    orders = list(reversed(columns.values()))
    tie = Order("pk", orders[0].is_descending)
    found = Opportunity.objects.visible_to(viewer).filter(_fits(wishes))
    return found.order_by(*(order.expression() for order in [*orders, tie]))


def _fits(wishes: Wishes) -> Q:
    wanted = {
        "status": wishes.status or OpportunityStatus.OPEN,
        "kind": wishes.kind,
        "host_id": wishes.host_id,
        "is_remote": wishes.is_remote,
        "location_zip": wishes.location_zip,
        "start_date__gte": wishes.starts_after,
        "start_date__lt": wishes.starts_before,
        "listing__source__name": wishes.source,
    }
    fits = Q(**{lookup: value for lookup, value in wanted.items() if value is not None})
    if wanted["status"] == OpportunityStatus.OPEN:
        # A filter beside the index (status, start_date, id), which still gives the order: the task leaves few to skip.
        fits &= Q(end_date__gt=timezone.now())
    # Subqueries, because a join would list an opportunity once for each skill or cause that fits.
    if wishes.skill_ids is not None:
        fits &= Q(pk__in=RoleSkill.objects.filter(skill__in=wishes.skill_ids).values("role__opportunity"))
    if wishes.cause_ids is not None:
        through = Opportunity.causes.through.objects
        fits &= Q(pk__in=through.filter(cause__in=wishes.cause_ids).values("opportunity"))
    return fits


def find_ended(*, now: datetime) -> QuerySet[Opportunity]:
    """Return what is over and stands open, the oldest first; a system question."""
    # What is over has begun: this bound lets the database seek in the index (status, start_date, id).
    ended = Opportunity.objects.filter(status=OpportunityStatus.OPEN, start_date__lte=now, end_date__lte=now)
    return ended.order_by("start_date", "pk")


def find_opportunity(*, viewer: User | None, opportunity_id: int) -> QuerySet[Opportunity]:
    """Return the opportunity, or nothing where the viewer may not see it."""
    return Opportunity.objects.visible_to(viewer).filter(pk=opportunity_id)


def find_applications(*, viewer: User | None) -> QuerySet[Application]:
    """Return who applied for what the viewer runs, and the viewer's own applications, first come first."""
    return Application.objects.visible_to(viewer).order_by("submitted_at", "pk")


def find_own_applications(*, viewer: User | None) -> QuerySet[Application]:
    """Return the viewer's own applications, newest first; none of a stranger."""
    if viewer is None:
        return Application.objects.none()
    return Application.objects.filter(volunteer=viewer).order_by("-submitted_at", "-pk")


def get_live_application(*, volunteer: User, role: Role) -> Application | None:
    """Return the volunteer's application for the role that has not ended, if there is one."""
    return Application.objects.filter(role=role, volunteer=volunteer, status__in=LIVE_STATUSES).first()


def find_managers(*, host_id: int) -> QuerySet[User]:
    """Return the people who run the host, for the mails it gets; a system question."""
    return User.objects.filter(
        is_active=True,
        host_memberships__host_id=host_id,
        host_memberships__accepted_at__isnull=False,
        host_memberships__role__in=MANAGING_ROLES,
    ).order_by("pk")


def find_obstacles(*, viewer: User, role: Role, now: datetime | None = None) -> list[Problem]:
    """Return all that keeps the viewer from a place in the role, the most lasting reason first.

    First what is about the person, then what is about the opportunity, last what time may mend: a full role.
    """
    return [*_personal_obstacles(viewer), *_closing_obstacles(role, now or timezone.now()), *_full(role)]


def find_reasons_against(*, viewer: User | None, role: Role, is_applied: bool) -> list[Problem]:
    """Return why the viewer cannot apply for the role now, all reasons at once; none where they can.

    They are those that `apply_to_role` refuses with, and ALREADY_APPLIED, where it would answer with what is there.
    """
    if viewer is None:
        return [Problem(Code.UNAUTHENTICATED, "Log in first.")]
    if is_applied:
        return [Problem(OpportunityCode.ALREADY_APPLIED, "You have applied for this role already.")]
    return find_obstacles(viewer=viewer, role=role)


def _personal_obstacles(viewer: User) -> list[Problem]:
    obstacles = []
    if not viewer.is_email_verified:
        message = "Prove your e-mail address first: the key is in the mail you got when you signed up."
        obstacles.append(Problem(OpportunityCode.EMAIL_NOT_VERIFIED, message))
    if not policies.can_apply(viewer):
        message = "Your account is for hosting; set its type to VOLUNTEER or BOTH to apply for places."
        obstacles.append(Problem(OpportunityCode.NOT_VOLUNTEER, message))
    return obstacles


def _closing_obstacles(role: Role, now: datetime) -> list[Problem]:
    opportunity = role.opportunity
    if opportunity.kind == OpportunityKind.EXTERNAL:
        listing = getattr(opportunity, "listing", None)
        link = (listing.url or listing.source.url) if listing else ""
        where = f" at {link}" if link else " at its source"
        return [Problem(OpportunityCode.CLOSED, f"Places are not given here: apply{where}.")]
    if opportunity.status != OpportunityStatus.OPEN:
        return [Problem(OpportunityCode.CLOSED, "This opportunity does not take applications (any more).")]
    if opportunity.end_date <= now:
        return [Problem(OpportunityCode.CLOSED, "This opportunity is over.")]
    return []


def _full(role: Role) -> list[Problem]:
    if role.slots_taken < role.slots_available:
        return []
    message = "Every place of this role is taken; apply with `joinWaitlist: true` to wait in line for one."
    return [Problem(OpportunityCode.FULL, message)]


def waitlist_position() -> Case:
    """Return the expression for an application's place in its role's waiting line, from 1; null elsewhere."""
    not_after = Q(waitlisted_at__lt=OuterRef("waitlisted_at")) | Q(
        waitlisted_at=OuterRef("waitlisted_at"), pk__lte=OuterRef("pk")
    )
    line = Application.objects.filter(not_after, role=OuterRef("role"), status=ApplicationStatus.WAITLISTED)
    position = line.order_by().values("role").annotate(length=Count("pk")).values("length")
    return Case(
        When(status=ApplicationStatus.WAITLISTED, then=Subquery(position)),
        default=None,
        output_field=IntegerField(null=True),
    )


def is_sensible_time(moment: datetime) -> bool:
    """Whether it is a time with an offset, in the years that people plan for."""
    return timezone.is_aware(moment) and EARLIEST <= moment <= LATEST
