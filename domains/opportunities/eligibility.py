"""Who may hold a slot: one function decides it for every way to a slot, from the volunteer's and the role's data.

The ways are applying, the answer to an offer, a coordinator's ACCEPT, and the choice of whom to offer a free slot.
The order of the reasons is part of the contract: first the account, then the role's requirements, then the
opportunity, last reasons that may pass with time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domains.base.errors import Problem
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import OpportunityKind, OpportunityStatus

#: Longer opportunities, such as a program of weeks, may overlap other slots.
MAX_SHIFT_LENGTH = timedelta(days=3)

#: Reasons that a coordinator may override with `acceptAnyway`.
OVERRIDABLE_CODES = frozenset(
    {
        OpportunityCode.MISSING_SKILL,
        OpportunityCode.MISSING_COURSE,
        OpportunityCode.MISSING_VERIFICATION,
        OpportunityCode.OVERLAPS,
    }
)

VERIFICATION_NAMES = {"IDENTITY": "your identity", "BACKGROUND_CHECK": "a background check"}
ACCEPT_ANYWAY_HINT = "pass `acceptAnyway: true` to accept anyway"


@dataclass(frozen=True)
class Span:
    """A period of time, without its end: a span that ends when another begins does not meet it."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: Span) -> bool:
        """Return whether the two spans have a moment in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def overlaps(self, other: Span) -> bool:
        """Return whether a volunteer may not hold slots in both: they meet, and neither is longer than a shift."""
        return self.is_shift and other.is_shift and self.meets(other)

    @property
    def is_shift(self) -> bool:
        """Return whether it is short enough to exclude overlapping slots: `MAX_SHIFT_LENGTH` at most."""
        return self.ends_at - self.starts_at <= MAX_SHIFT_LENGTH


@dataclass(frozen=True)
class HeldSlot:
    """A slot that a volunteer holds: an accepted application for an opportunity that is not over."""

    role_id: int
    role_title: str
    opportunity_title: str
    host_id: int | None
    span: Span


@dataclass(frozen=True)
class Qualifications:
    """A volunteer's current data that the rules look at."""

    is_active: bool
    is_email_verified: bool
    is_volunteer: bool
    skill_ids: frozenset[int] = frozenset()
    #: The courses that the volunteer completed.
    course_ids: frozenset[int] = frozenset()
    verifications: frozenset[str] = frozenset()
    held_slots: Sequence[HeldSlot] = ()


@dataclass(frozen=True)
class Requirements:
    """The data of a role and its opportunity that the rules look at."""

    role_id: int
    host_id: int | None
    kind: OpportunityKind
    status: OpportunityStatus
    span: Span
    is_full: bool
    #: Where to apply instead, for an EXTERNAL listing; may be empty.
    link: str = ""
    #: The required skills and courses: id -> name.
    skills: Mapping[int, str] | None = None
    courses: Mapping[int, str] | None = None
    verifications: Sequence[str] = ()


@dataclass(frozen=True)
class Reason:
    """Why a volunteer may not hold a slot, in one sentence for the volunteer and one for a coordinator.

    The coordinator's sentence never names an opportunity of another host.
    """

    code: OpportunityCode
    to_volunteer: str
    to_coordinator: str

    def problem_for_volunteer(self) -> Problem:
        """Return the refusal that the volunteer reads."""
        return Problem(self.code, self.to_volunteer)

    def problem_for_coordinator(self) -> Problem:
        """Return the refusal that a coordinator of the host reads."""
        return Problem(self.code, self.to_coordinator)


def reasons_against(volunteer: Qualifications, role: Requirements, *, now: datetime, is_new: bool) -> list[Reason]:
    """Return all the reasons why the volunteer may not hold a slot of the role; an empty list if they may.

    A new application (`is_new`) also requires an account that volunteers, and an opportunity that takes
    applications.
    """
    return [
        *_account_reasons(volunteer, is_new=is_new),
        *_missing_reasons(volunteer, role),
        *_closed_reasons(role, now=now, is_new=is_new),
        *_overlap_reasons(volunteer, role),
        *_full_reasons(role),
    ]


def overlapping(held_slots: Sequence[HeldSlot], *, role_id: int, span: Span) -> list[HeldSlot]:
    """Return the held slots of other roles that overlap the span."""
    return [slot for slot in held_slots if slot.role_id != role_id and slot.span.overlaps(span)]


def _account_reasons(volunteer: Qualifications, *, is_new: bool) -> Iterator[Reason]:
    if not volunteer.is_active:
        yield Reason(
            OpportunityCode.NOT_ELIGIBLE,
            "Your account is closed.",
            "The volunteer's account is closed: decline the application.",
        )
    if not volunteer.is_email_verified:
        yield Reason(
            OpportunityCode.EMAIL_NOT_VERIFIED,
            "Verify your e-mail address first: the key is in the mail you got when you signed up.",
            "The volunteer has not verified their e-mail address: accept them once they have.",
        )
    if is_new and not volunteer.is_volunteer:
        message = "Your account is for hosting; set its type to VOLUNTEER or BOTH to apply."
        yield Reason(OpportunityCode.NOT_VOLUNTEER, message, message)


def _missing_reasons(volunteer: Qualifications, role: Requirements) -> Iterator[Reason]:
    for skill_id, name in (role.skills or {}).items():
        if skill_id not in volunteer.skill_ids:
            yield Reason(
                OpportunityCode.MISSING_SKILL,
                f"This role requires the skill “{name}”: add it to your skills if you have it.",
                f"The volunteer does not have the skill “{name}”: ask them to add it, or {ACCEPT_ANYWAY_HINT}.",
            )
    for course_id, title in (role.courses or {}).items():
        if course_id not in volunteer.course_ids:
            yield Reason(
                OpportunityCode.MISSING_COURSE,
                f"Complete the course “{title}” first.",
                f"The volunteer has not completed the course “{title}”: ask them to, or {ACCEPT_ANYWAY_HINT}.",
            )
    for kind in role.verifications:
        if kind not in volunteer.verifications:
            yield Reason(
                OpportunityCode.MISSING_VERIFICATION,
                f"This role requires {VERIFICATION_NAMES.get(kind, kind)} to be verified: request it, and wait for it "
                "to be approved.",
                f"The volunteer has no valid verification of the kind {kind}: ask them to request it, "
                f"or {ACCEPT_ANYWAY_HINT}.",
            )


def _closed_reasons(role: Requirements, *, now: datetime, is_new: bool) -> Iterator[Reason]:
    if is_new and role.kind == OpportunityKind.EXTERNAL:
        where = f" at {role.link}" if role.link else " at its source"
        yield _closed_because(f"This opportunity takes no applications here: apply{where}.")
    elif is_new and role.status != OpportunityStatus.OPEN:
        yield _closed_because("This opportunity takes no applications: look for another one.")
    elif role.status == OpportunityStatus.CANCELLED:
        yield _closed_because("This opportunity is cancelled: applications can't be accepted any more.")
    elif role.span.ends_at <= now:
        yield _closed_because("This opportunity is over.")


def _closed_because(message: str) -> Reason:
    return Reason(OpportunityCode.CLOSED, message, message)


def _overlap_reasons(volunteer: Qualifications, role: Requirements) -> Iterator[Reason]:
    for slot in overlapping(volunteer.held_slots, role_id=role.role_id, span=role.span):
        # A volunteer's slots with other hosts are private to the volunteer and those hosts.
        is_ours = role.host_id is not None and slot.host_id == role.host_id
        where = f"in “{slot.opportunity_title}” (as {slot.role_title})" if is_ours else "in another opportunity"
        yield Reason(
            OpportunityCode.OVERLAPS,
            f"You hold a slot in “{slot.opportunity_title}” at that time: withdraw from it first.",
            f"The volunteer holds a slot {where} at that time: ask them to withdraw from it, or {ACCEPT_ANYWAY_HINT}.",
        )


def _full_reasons(role: Requirements) -> Iterator[Reason]:
    if role.is_full:
        yield Reason(
            OpportunityCode.FULL,
            "Every slot of this role is taken: apply with `joinWaitlist: true` to wait for one.",
            "Every slot of this role is taken: raise `slotsAvailable`, or wait until one is given back.",
        )
