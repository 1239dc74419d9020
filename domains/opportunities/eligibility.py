"""What keeps a volunteer from a place in a role: pure rules, over what was read of the two.

The order of the reasons is the product: first what is about the person, then what the role asks for, then
what is about the opportunity, last what time may mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domains.base.errors import Problem
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import OpportunityKind, OpportunityStatus

#: What lasts longer, a programme of weeks, leaves room for something else beside it.
LONGEST_SHIFT = timedelta(days=3)

VERIFICATIONS = {"IDENTITY": "your identity", "BACKGROUND_CHECK": "a background check"}


@dataclass(frozen=True)
class Engagement:
    """A time at which the volunteer is promised elsewhere."""

    role_id: int
    title: str
    start_date: datetime
    end_date: datetime


@dataclass(frozen=True)
class Standing:
    """What counts of a volunteer; all of it as of now."""

    is_email_verified: bool
    is_volunteer: bool
    skill_ids: frozenset[int] = frozenset()
    #: The courses that were completed.
    course_ids: frozenset[int] = frozenset()
    verifications: frozenset[str] = frozenset()
    engagements: Sequence[Engagement] = ()


@dataclass(frozen=True)
class Demands:
    """What counts of a role and its opportunity."""

    role_id: int
    kind: OpportunityKind
    status: OpportunityStatus
    start_date: datetime
    end_date: datetime
    is_full: bool
    #: Where to apply instead, for a listing from elsewhere; may be empty.
    link: str = ""
    #: The required skills and courses: id -> name.
    skills: Mapping[int, str] | None = None
    courses: Mapping[int, str] | None = None
    verifications: Sequence[str] = ()


def obstacles(standing: Standing, demands: Demands, *, now: datetime) -> list[Problem]:
    """Return all that keeps the volunteer from a place, each with its code and what to do about it."""
    return [
        *_about_the_person(standing),
        *_missing(standing, demands),
        *closing_obstacles(demands, now=now),
        *_overlaps(standing, demands),
        *full(demands),
    ]


def _about_the_person(standing: Standing) -> Iterator[Problem]:
    if not standing.is_email_verified:
        message = "Prove your e-mail address first: the key is in the mail you got when you signed up."
        yield Problem(OpportunityCode.EMAIL_NOT_VERIFIED, message)
    if not standing.is_volunteer:
        message = "Your account is for hosting; set its type to VOLUNTEER or BOTH to apply for places."
        yield Problem(OpportunityCode.NOT_VOLUNTEER, message)


def _missing(standing: Standing, demands: Demands) -> Iterator[Problem]:
    for skill_id, name in (demands.skills or {}).items():
        if skill_id not in standing.skill_ids:
            message = f"This role requires the skill “{name}”: add it to your skills if you have it."
            yield Problem(OpportunityCode.MISSING_SKILL, message)
    for course_id, title in (demands.courses or {}).items():
        if course_id not in standing.course_ids:
            yield Problem(OpportunityCode.MISSING_COURSE, f"Complete the course “{title}” first.")
    for kind in demands.verifications:
        if kind not in standing.verifications:
            what = VERIFICATIONS.get(kind, kind)
            message = f"This role asks for {what} to be verified: request it, and apply once it is approved."
            yield Problem(OpportunityCode.MISSING_VERIFICATION, message)


def closing_obstacles(demands: Demands, *, now: datetime) -> list[Problem]:
    """Return why the opportunity takes no applications here, or nothing."""
    if demands.kind == OpportunityKind.EXTERNAL:
        where = f" at {demands.link}" if demands.link else " at its source"
        return [Problem(OpportunityCode.CLOSED, f"Places are not given here: apply{where}.")]
    if demands.status != OpportunityStatus.OPEN:
        return [Problem(OpportunityCode.CLOSED, "This opportunity does not take applications (any more).")]
    if demands.end_date <= now:
        return [Problem(OpportunityCode.CLOSED, "This opportunity is over.")]
    return []


def _overlaps(standing: Standing, demands: Demands) -> Iterator[Problem]:
    if demands.end_date - demands.start_date > LONGEST_SHIFT:
        return
    for engagement in standing.engagements:
        meets = engagement.start_date < demands.end_date and demands.start_date < engagement.end_date
        is_shift = engagement.end_date - engagement.start_date <= LONGEST_SHIFT
        if meets and is_shift and engagement.role_id != demands.role_id:
            message = f"You have a place in “{engagement.title}” at that time: withdraw from it first."
            yield Problem(OpportunityCode.OVERLAPS, message)


def full(demands: Demands) -> list[Problem]:
    """Return that every place is taken, if so."""
    if not demands.is_full:
        return []
    message = "Every place of this role is taken; apply with `joinWaitlist: true` to wait in line for one."
    return [Problem(OpportunityCode.FULL, message)]
