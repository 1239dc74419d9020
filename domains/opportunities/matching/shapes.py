"""Input and output of scoring: people, roles and times as plain values, and matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from domains.base.week import Hours
from domains.opportunities.eligibility import Span
from domains.opportunities.matching.weights import Factor


@dataclass(frozen=True)
class HeldSkill:
    """A skill that a volunteer has."""

    name: str
    category: str
    level: int
    is_verified: bool = False


@dataclass(frozen=True)
class WantedSkill:
    """A skill that a role requires, develops, or both."""

    skill_id: int
    name: str
    category: str
    is_required: bool = True
    is_developed: bool = False


@dataclass(frozen=True)
class FreeTimes:
    """The hours of a week in which a person is free; none if they did not say, or if their time zone is unknown."""

    hours: Hours = ()
    zone: tzinfo | None = None


#: Of somebody who did not say when they are free.
UNKNOWN_TIMES = FreeTimes()


@dataclass(frozen=True)
class Volunteer:
    """A volunteer's data; `causes` counts the slots they held for each cause, by its id."""

    skills: Mapping[int, HeldSkill] = field(default_factory=dict)
    has_location: bool = False
    preferred_causes: frozenset[int] = frozenset()
    free_times: FreeTimes = UNKNOWN_TIMES
    causes: Mapping[int, int] = field(default_factory=dict)
    hosts: frozenset[int] = frozenset()
    courses: frozenset[int] = frozenset()
    verifications: frozenset[str] = frozenset()
    #: Times of the slots they hold, and of the opportunities they applied for.
    held_spans: Sequence[Span] = ()
    applied_spans: Sequence[Span] = ()

    @property
    def is_new(self) -> bool:
        """Return whether the volunteer has no data that a role could match."""
        return not (self.skills or self.has_location or self.preferred_causes or self.causes or self.hosts)


@dataclass(frozen=True)
class RoleCandidate:
    """A role with free slots, as scoring sees it; names by id, in the order in which they are shown."""

    role_id: int
    opportunity_id: int
    host_id: int | None
    host_name: str
    span: Span
    created_at: datetime
    is_remote: bool = False
    distance_km: float | None = None
    skills: Sequence[WantedSkill] = ()
    causes: Mapping[int, str] = field(default_factory=dict)
    courses: Mapping[int, str] = field(default_factory=dict)
    verifications: Sequence[str] = ()
    #: How many people applied for the opportunity lately.
    applicants: int = 0


@dataclass(frozen=True)
class Reason:
    """One factor that counted, with its points."""

    code: Factor
    message: str
    tenths: int

    @property
    def points(self) -> float:
        """Points of this reason."""
        return self.tenths / 10


@dataclass(frozen=True)
class Match:
    """A score with its reasons, strongest first."""

    reasons: tuple[Reason, ...]

    @property
    def tenths(self) -> int:
        """Score in tenths of a point."""
        return sum(reason.tenths for reason in self.reasons)

    @property
    def score(self) -> float:
        """Score from 0 to 100."""
        return self.tenths / 10
