"""What keeps a volunteer from a place in a role."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Code, Problem
from domains.opportunities import policies
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import OpportunityKind, OpportunityStatus, Role


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
