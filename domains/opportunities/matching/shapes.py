"""What scoring sees: people, roles and times as plain values, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domains.opportunities.eligibility import Span
from domains.opportunities.matching.weights import Factor


@dataclass(frozen=True)
class HeldSkill:
    """A skill that somebody has."""

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
class Volunteer:
    """What is known of a person; `causes` says how often they had a place for each, by its id."""

    skills: Mapping[int, HeldSkill] = field(default_factory=dict)
    has_place: bool = False
    causes: Mapping[int, int] = field(default_factory=dict)
    hosts: frozenset[int] = frozenset()
    courses: frozenset[int] = frozenset()
    verifications: frozenset[str] = frozenset()
    #: When they have a place, and when what they applied for is.
    taken: Sequence[Span] = ()
    asked: Sequence[Span] = ()

    @property
    def is_new(self) -> bool:
        """Whether nothing is known that a role could fit."""
        return not (self.skills or self.has_place or self.causes or self.hosts)


@dataclass(frozen=True)
class RoleCandidate:
    """A role with free places, as scoring sees it; names by id, in the order in which they are told."""

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
    """One thing that counted, and how much."""

    code: Factor
    message: str
    tenths: int

    @property
    def points(self) -> float:
        """Its part of the score."""
        return self.tenths / 10


@dataclass(frozen=True)
class Match:
    """A score with its reasons, strongest first."""

    reasons: tuple[Reason, ...]

    @property
    def tenths(self) -> int:
        """The score in tenths of a point."""
        return sum(reason.tenths for reason in self.reasons)

    @property
    def score(self) -> float:
        """From 0 to 100."""
        return self.tenths / 10
