"""The score of a role and a volunteer: each factor with its points and its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domains.base.week import common_minutes
from domains.opportunities.eligibility import Span
from domains.opportunities.matching.shapes import (
    UNKNOWN_TIMES,
    FreeTimes,
    HeldSkill,
    Match,
    Reason,
    RoleCandidate,
    Volunteer,
    WantedSkill,
)
from domains.opportunities.matching.weights import (
    BEGUN_SHARE,
    DISTANCE_BANDS,
    FRESH_BANDS,
    HOST_DISTANCE_BANDS,
    LEVEL_SHARES,
    MAX_LEARNING_LEVEL,
    PARTLY_FREE_SHARE,
    PAST_CAUSE_TENTHS,
    POPULAR_STEPS,
    PRACTICE_SHARE,
    SOON_BANDS,
    WEIGHTS,
    Factor,
)

#: Factors with equal points are ordered as in the table.
_ORDER = {factor: rank for rank, factor in enumerate(Factor)}
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


def match_role(volunteer: Volunteer, candidate: RoleCandidate, now: datetime) -> Match | None:
    """Return how well the role fits the volunteer; None if the volunteer could not take it.

    They could not if it overlaps a slot they hold, or requires a course or a verification that they do not have.
    """
    if any(taken.overlaps(candidate.span) for taken in volunteer.held_spans):
        return None
    if candidate.courses.keys() - volunteer.courses or set(candidate.verifications) - volunteer.verifications:
        return None
    reasons = [
        *_score_skills(volunteer.skills, candidate.skills, VOLUNTEER_PHRASES),
        *_score_distance(candidate),
        *_score_availability(volunteer.free_times, candidate.span, VOLUNTEER_PHRASES),
        *_score_causes(
            [name for key, name in candidate.causes.items() if key in volunteer.preferred_causes], VOLUNTEER_PHRASES
        ),
        *_score_history(volunteer, candidate),
        *_score_requirements(candidate),
        *_score_times(volunteer, candidate, now),
    ]
    if volunteer.is_new:
        message = "You have not said yet what you can do or where you live: these are new, or others like them."
        reasons.append(Reason(Factor.NEW_HERE, message, 0))
    return _sum_up(reasons, _score_missing_skills(volunteer.skills, candidate.skills, VOLUNTEER_PHRASES))


def match_volunteer(
    skills: Mapping[int, HeldSkill],
    wanted: Sequence[WantedSkill],
    *,
    span: Span,
    is_remote: bool,
    distance_km: float | None,
    free_times: FreeTimes = UNKNOWN_TIMES,
    preferred_causes: Sequence[str] = (),
) -> Match:
    """Return how well a volunteer fits a role, from what they show all members and their rough location only.

    `preferred_causes` are the names of those that the role serves.
    """
    reasons = [
        *_score_skills(skills, wanted, HOST_PHRASES),
        *_score_availability(free_times, span, HOST_PHRASES),
        *_score_causes(preferred_causes, HOST_PHRASES),
    ]
    if is_remote:
        points = 10 * WEIGHTS[Factor.REMOTE].for_host
        reasons.append(Reason(Factor.REMOTE, "The role can be done from anywhere.", points))
    elif distance_km is not None and (band := _find_band(distance_km, HOST_DISTANCE_BANDS)):
        points = WEIGHTS[Factor.DISTANCE].for_host * band[1] // 10
        reasons.append(Reason(Factor.DISTANCE, f"Lives within {band[0]} km.", points))
    return _sum_up(reasons, _score_missing_skills(skills, wanted, HOST_PHRASES))


def _sum_up(reasons: Iterable[Reason], missing: Iterable[Reason]) -> Match:
    """Subtract the points of missing skills, down to 0; the strongest reason comes first, missing skills last."""
    gained = sorted(reasons, key=lambda reason: (-reason.tenths, _ORDER[reason.code]))
    left, lost = sum(reason.tenths for reason in gained), []
    for reason in missing:
        tenths = max(reason.tenths, -left)
        left += tenths
        lost.append(Reason(reason.code, reason.message, tenths))
    return Match((*gained, *lost))


@dataclass(frozen=True)
class Phrases:
    """The sentences for one side about a person, and that side's column of the table."""

    side: str
    met: str
    missing: str
    verified: str
    learn: str
    practice: str
    related: str
    free: str
    half_free: str
    free_on_some_days: str
    cause: str

    def tenths(self, factor: Factor) -> int:
        """Return the maximum of the factor on this side, in tenths of a point."""
        return 10 * int(getattr(WEIGHTS[factor], self.side))


VOLUNTEER_PHRASES = Phrases(
    side="for_volunteer",
    met="It asks for {name}, which you have at level {level} of 5.",
    missing="It also asks for {name}: add it to your skills if you have it.",
    verified="Your {name} was confirmed by somebody else.",
    learn="You can get better at {name}, which you have at level {level} of 5.",
    practice="You can practice {name}, which you have at level {level} of 5.",
    related="You can learn {name}, which is close to your {other}.",
    free="You are free at that time.",
    half_free="You are free for at least half of that time.",
    free_on_some_days="It lasts for days, and you are free at some of that time.",
    cause="It is for {names}, which you care about.",
)
HOST_PHRASES = Phrases(
    side="for_host",
    met="Has {name} at level {level} of 5.",
    missing="Has not said to have {name}.",
    verified="Their {name} was confirmed by somebody else.",
    learn="Can get better at {name}, now at level {level} of 5.",
    practice="Can practice {name}, now at level {level} of 5.",
    related="Can learn {name}, which is close to their {other}.",
    free="Is free at that time.",
    half_free="Is free for at least half of that time.",
    free_on_some_days="Is free at some of that time.",
    cause="Cares about {names}.",
)


def _score_skills(held: Mapping[int, HeldSkill], wanted: Sequence[WantedSkill], phrases: Phrases) -> Iterator[Reason]:
    required = [skill for skill in wanted if skill.is_required]
    if not required:
        message = "It asks for no particular skill."
        yield Reason(Factor.NO_SKILL_NEEDED, message, phrases.tenths(Factor.NO_SKILL_NEEDED))
    for skill in required:
        if has := held.get(skill.skill_id):
            points = phrases.tenths(Factor.REQUIRED_SKILL) * LEVEL_SHARES[has.level] // (100 * len(required))
            yield Reason(Factor.REQUIRED_SKILL, phrases.met.format(name=skill.name, level=has.level), points)
            if has.is_verified:
                points = phrases.tenths(Factor.VERIFIED_SKILL) // len(required)
                yield Reason(Factor.VERIFIED_SKILL, phrases.verified.format(name=skill.name), points)
    developed = [skill for skill in wanted if skill.is_developed]
    for skill in developed:
        if found := _score_development(held, skill, phrases):
            share, message = found
            points = phrases.tenths(Factor.DEVELOPED_SKILL) * share // (100 * len(developed))
            yield Reason(Factor.DEVELOPED_SKILL, message, points)


def _score_missing_skills(
    held: Mapping[int, HeldSkill], wanted: Sequence[WantedSkill], phrases: Phrases
) -> list[Reason]:
    required = [skill for skill in wanted if skill.is_required]
    return [
        Reason(
            Factor.MISSING_SKILL,
            phrases.missing.format(name=skill.name),
            -(-phrases.tenths(Factor.MISSING_SKILL) // len(required)),
        )
        for skill in required
        if skill.skill_id not in held
    ]


def _score_development(held: Mapping[int, HeldSkill], skill: WantedSkill, phrases: Phrases) -> tuple[int, str] | None:
    """Return the share and the sentence of a developed skill, if the person has it or a related one."""
    if has := held.get(skill.skill_id):
        if has.level <= MAX_LEARNING_LEVEL:
            return 100, phrases.learn.format(name=skill.name, level=has.level)
        return PRACTICE_SHARE, phrases.practice.format(name=skill.name, level=has.level)
    related = [other.name for other in held.values() if skill.category and other.category == skill.category]
    if not related:
        return None
    return PRACTICE_SHARE, phrases.related.format(name=skill.name, other=min(related))


def _score_distance(candidate: RoleCandidate) -> Iterator[Reason]:
    if candidate.is_remote:
        points = 10 * WEIGHTS[Factor.REMOTE].for_volunteer
        yield Reason(Factor.REMOTE, "You can take part from anywhere.", points)
    elif candidate.distance_km is not None and (band := _find_band(candidate.distance_km, DISTANCE_BANDS)):
        km = round(candidate.distance_km)
        away = f"About {km} km" if km else "Less than a km"
        points = WEIGHTS[Factor.DISTANCE].for_volunteer * band[1] // 10
        yield Reason(Factor.DISTANCE, f"{away} from the middle of your ZIP code.", points)


def _score_availability(free_times: FreeTimes, span: Span, phrases: Phrases) -> Iterator[Reason]:
    """Return whether the person is free then, by the clocks of their home; nothing if they did not say when they are.

    What lasts more than a day does not say which hours it takes, so any free time of its first week counts.
    """
    if not free_times.hours or free_times.zone is None:
        return
    is_long = span.ends_at - span.starts_at > _DAY
    starts_at = span.starts_at.astimezone(free_times.zone)
    ends_at = min(span.ends_at, span.starts_at + _WEEK).astimezone(free_times.zone)
    free, whole = common_minutes(free_times.hours, starts_at, ends_at)
    points = phrases.tenths(Factor.AVAILABLE)
    if free and free == whole:
        yield Reason(Factor.AVAILABLE, phrases.free, points)
    elif is_long and free:
        yield Reason(Factor.AVAILABLE, phrases.free_on_some_days, points * PARTLY_FREE_SHARE // 100)
    elif free and 2 * free >= whole:
        yield Reason(Factor.AVAILABLE, phrases.half_free, points * PARTLY_FREE_SHARE // 100)


def _score_causes(names: Sequence[str], phrases: Phrases) -> Iterator[Reason]:
    if names:
        *first, last = names
        listed = f"{', '.join(first)} and {last}" if first else last
        message = phrases.cause.format(names=listed)
        yield Reason(Factor.PREFERRED_CAUSE, message, phrases.tenths(Factor.PREFERRED_CAUSE))


def _score_history(volunteer: Volunteer, candidate: RoleCandidate) -> Iterator[Reason]:
    times, name = max(((volunteer.causes.get(key, 0), name) for key, name in candidate.causes.items()), default=(0, ""))
    if times:
        points = PAST_CAUSE_TENTHS[min(times, len(PAST_CAUSE_TENTHS)) - 1]
        often = "once" if times == 1 else f"{times} times"
        yield Reason(Factor.PAST_CAUSE, f"You took part for {name} {often}.", points)
    if candidate.host_id in volunteer.hosts:
        points = 10 * WEIGHTS[Factor.KNOWN_HOST].for_volunteer
        yield Reason(Factor.KNOWN_HOST, f"You held a slot with {candidate.host_name} before.", points)


def _score_requirements(candidate: RoleCandidate) -> Iterator[Reason]:
    """Return the required courses and verifications; the caller has checked that the volunteer has all of them."""
    count = len(candidate.courses) + len(candidate.verifications)
    points = 10 * WEIGHTS[Factor.REQUIREMENT_MET].for_volunteer // (count or 1)
    for title in candidate.courses.values():
        yield Reason(Factor.REQUIREMENT_MET, f"You finished {title}, which it asks for.", points)
    for kind in candidate.verifications:
        what = kind.replace("_", " ").lower()
        yield Reason(Factor.REQUIREMENT_MET, f"Your {what} is verified, as it asks.", points)


def _score_times(volunteer: Volunteer, candidate: RoleCandidate, now: datetime) -> Iterator[Reason]:
    if not any(asked.meets(candidate.span) for asked in volunteer.applied_spans):
        points = 10 * WEIGHTS[Factor.DATES_FREE].for_volunteer
        yield Reason(Factor.DATES_FREE, "You have applied for nothing else at that time.", points)
    age = max((now - candidate.created_at).days, 0)
    if band := _find_band(age, FRESH_BANDS):
        points = WEIGHTS[Factor.FRESH].for_volunteer * band[1] // 10
        yield Reason(
            Factor.FRESH, f"It is new: added {_count_days(age)} ago." if age else "It is new: added today.", points
        )
    wait = (candidate.span.starts_at - now).days
    if wait < 0:
        points = WEIGHTS[Factor.SOON].for_volunteer * BEGUN_SHARE // 10
        yield Reason(Factor.SOON, "It has begun, and you can join.", points)
    elif band := _find_band(wait, SOON_BANDS):
        points = WEIGHTS[Factor.SOON].for_volunteer * band[1] // 10
        begins = f"in {_count_days(wait)}" if wait else "within a day"
        yield Reason(Factor.SOON, f"It begins {begins}.", points)
    points = next((points for min_applicants, points in POPULAR_STEPS if candidate.applicants >= min_applicants), 0)
    if points:
        yield Reason(Factor.POPULAR, f"{candidate.applicants} people applied in the last 14 days.", points)


def _find_band(value: float, bands: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    return next((band for band in bands if value <= band[0]), None)


def _count_days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"
