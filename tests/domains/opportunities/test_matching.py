"""Scores are sums of their reasons, and what ought to help never hurts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domains.base.week import MINUTES_OF_DAY, DaySlot, Weekday, merge, split
from domains.opportunities.matching import (
    MAX_PER_HOST_IN_TOP,
    TOP_SIZE,
    WEIGHTS,
    Factor,
    FreeTimes,
    HeldSkill,
    Match,
    Reason,
    RoleCandidate,
    Span,
    Volunteer,
    WantedSkill,
    match_role,
    match_volunteer,
    pick_matches,
)

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
CATEGORIES = ("Care", "Craft", "Office")
SKILL_IDS = range(1, 9)


def span(days: float, hours: float = 3) -> Span:
    begins = NOW + timedelta(days=days)
    return Span(begins, begins + timedelta(hours=hours))


def place(**given) -> RoleCandidate:
    usual = {"role_id": 1, "opportunity_id": 1, "host_id": 1, "host_name": "Food bank"}
    return RoleCandidate(**{**usual, "span": span(7), "created_at": NOW - timedelta(days=200), **given})


def skill(number: int, **given) -> WantedSkill:
    return WantedSkill(number, f"Skill {number}", CATEGORIES[number % len(CATEGORIES)], **given)


def has(number: int, level: int = 3, *, is_verified: bool = False) -> HeldSkill:
    return HeldSkill(f"Skill {number}", CATEGORIES[number % len(CATEGORIES)], level, is_verified)


held_skills = st.dictionaries(st.sampled_from(SKILL_IDS), st.tuples(st.integers(1, 5), st.booleans()), max_size=6).map(
    lambda levels: {number: has(number, level, is_verified=sure) for number, (level, sure) in levels.items()}
)
wanted_skills = st.lists(
    st.builds(
        lambda number, why: skill(number, is_required=why != "learn", is_developed=why != "need"),
        st.sampled_from(SKILL_IDS),
        st.sampled_from(["need", "learn", "both"]),
    ),
    max_size=5,
    unique_by=lambda one: one.skill_id,
)
spans = st.builds(span, st.integers(-5, 90), st.integers(1, 100))
#: One that Python has without a database of zones.
PACIFIC = timezone(timedelta(hours=-7))
day_slots = st.builds(
    lambda day, start, minutes: DaySlot(day, start, min(start + minutes, MINUTES_OF_DAY)),
    st.sampled_from(Weekday),
    st.integers(0, MINUTES_OF_DAY - 1),
    st.integers(1, MINUTES_OF_DAY),
)
free_times = st.lists(day_slots, max_size=6).map(lambda some: FreeTimes(merge(some), PACIFIC))
volunteers = st.builds(
    Volunteer,
    skills=held_skills,
    has_location=st.booleans(),
    preferred_causes=st.frozensets(st.integers(1, 3)),
    free_times=free_times,
    causes=st.dictionaries(st.integers(1, 3), st.integers(1, 5)),
    hosts=st.frozensets(st.integers(1, 3)),
    courses=st.frozensets(st.integers(1, 3)),
    verifications=st.frozensets(st.sampled_from(["IDENTITY", "BACKGROUND_CHECK"])),
    held_spans=st.lists(spans, max_size=2),
    applied_spans=st.lists(spans, max_size=2),
)
places = st.builds(
    RoleCandidate,
    role_id=st.integers(1, 10_000),
    opportunity_id=st.integers(1, 30),
    host_id=st.integers(1, 4),
    host_name=st.just("Food bank"),
    span=spans,
    created_at=st.integers(0, 60).map(lambda days: NOW - timedelta(days=days)),
    is_remote=st.booleans(),
    distance_km=st.none() | st.floats(0, 20_000),
    skills=wanted_skills,
    causes=st.dictionaries(st.integers(1, 3), st.sampled_from(["Animals", "Literacy"])),
    courses=st.dictionaries(st.integers(1, 3), st.just("Food safety"), max_size=1),
    verifications=st.lists(st.sampled_from(["IDENTITY", "BACKGROUND_CHECK"]), max_size=1),
    applicants=st.integers(0, 50),
)


#: Somebody and a role they could take.
free_volunteers = volunteers.map(lambda one: replace(one, held_spans=()))
free_places = places.map(lambda one: replace(one, courses={}, verifications=()))


def tenths(volunteer: Volunteer, one: RoleCandidate) -> int:
    match = match_role(volunteer, one, NOW)
    assert match
    return match.tenths


@given(free_volunteers, free_places)
def test_a_score_is_the_sum_of_its_reasons_from_0_to_100_strongest_first(
    volunteer: Volunteer, one: RoleCandidate
) -> None:
    match = match_role(volunteer, one, NOW)
    assert match
    assert 0 <= match.score <= 100
    assert match.score == pytest.approx(sum(reason.points for reason in match.reasons))
    gained = [reason.tenths for reason in match.reasons if reason.code != Factor.MISSING_SKILL]
    assert gained == sorted(gained, reverse=True)
    assert all(reason.message for reason in match.reasons)


@given(free_volunteers, free_places, st.sampled_from(SKILL_IDS), st.integers(1, 5), st.booleans())
def test_one_more_skill_never_lowers_a_score(
    volunteer: Volunteer, one: RoleCandidate, number: int, level: int, is_verified: bool
) -> None:
    assume(number not in volunteer.skills)
    skilled = replace(volunteer, skills={**volunteer.skills, number: has(number, level, is_verified=is_verified)})
    assert tenths(skilled, one) >= tenths(volunteer, one)


@given(free_volunteers, free_places, st.tuples(st.integers(1, 5), st.integers(1, 5)))
def test_a_higher_level_of_a_required_skill_never_lowers_a_score(volunteer, one, levels) -> None:
    asking = replace(one, skills=[*one.skills, skill(9)])
    low, high = (replace(volunteer, skills={**volunteer.skills, 9: has(9, level)}) for level in sorted(levels))
    assert tenths(low, asking) <= tenths(high, asking)


@given(free_volunteers, free_places, st.floats(0, 300), st.floats(0, 300))
def test_being_nearer_never_lowers_a_score(volunteer: Volunteer, one: RoleCandidate, km: float, further: float) -> None:
    near, far = (replace(one, is_remote=False, distance_km=km) for km in sorted([km, further]))
    assert tenths(volunteer, near) >= tenths(volunteer, far)


@given(free_volunteers, free_places, day_slots)
def test_one_more_free_time_never_lowers_a_score(volunteer: Volunteer, one: RoleCandidate, slot: DaySlot) -> None:
    hours = merge([*split(volunteer.free_times.hours), slot])
    assert tenths(replace(volunteer, free_times=FreeTimes(hours, PACIFIC)), one) >= tenths(volunteer, one)


@given(held_skills, wanted_skills, st.booleans(), st.none() | st.floats(0, 300), spans, free_times)
def test_a_volunteer_s_score_is_bounded_too_and_tells_the_distance_in_coarse_words(
    held, wanted, is_remote, km, span, times
) -> None:
    match = match_volunteer(
        held,
        wanted,
        span=span,
        is_remote=is_remote,
        distance_km=km,
        free_times=times,
        preferred_causes=["Animals"],
    )
    assert 0 <= match.score <= 100
    assert match.score == pytest.approx(sum(reason.points for reason in match.reasons))
    told = [reason.message for reason in match.reasons if reason.code == Factor.DISTANCE]
    assert set(told) <= {f"Lives within {km} km." for km in (10, 25, 50, 100)}


@given(st.floats(0, 10), st.floats(0, 10), held_skills, wanted_skills)
def test_a_host_cannot_tell_two_homes_within_ten_km_apart(one: float, other: float, held, wanted) -> None:
    both = [match_volunteer(held, wanted, span=span(7), is_remote=False, distance_km=km) for km in (one, other)]
    assert both[0] == both[1]


matched = st.lists(st.tuples(places, st.integers(0, 1000)), max_size=25, unique_by=lambda one: one[0].role_id).map(
    lambda some: [(one, Match((Reason(Factor.FRESH, "It is new.", worth),))) for one, worth in some]
)


@given(matched, st.randoms(use_true_random=False), st.integers(1, 50))
def test_the_order_of_what_comes_in_changes_nothing_of_what_comes_out(matches, shuffler, first: int) -> None:
    shuffled = list(matches)
    shuffler.shuffle(shuffled)
    assert pick_matches(shuffled, first) == pick_matches(matches, first)


@given(matched)
@settings(max_examples=200)
def test_one_role_of_an_opportunity_and_three_of_a_host_among_ten(matches) -> None:
    picked = pick_matches(matches, 50)
    opportunities = [one.opportunity_id for one, _ in picked]
    assert len(opportunities) == len(set(opportunities))
    assert set(opportunities) == {one.opportunity_id for one, match in matches if match.tenths}
    hosts = [one.host_id for one, _ in picked[:TOP_SIZE]]
    if any(hosts.count(host) > MAX_PER_HOST_IN_TOP for host in hosts):
        # Only because the others have no more to offer.
        assert all(hosts.count(one.host_id) >= MAX_PER_HOST_IN_TOP for one, _ in picked[TOP_SIZE:])


def test_of_equals_the_sooner_comes_first_and_then_the_older_role() -> None:
    same = Match((Reason(Factor.FRESH, "It is new.", 10),))
    later, young, old = (
        place(role_id=1, opportunity_id=1, host_id=1, span=span(9)),
        place(role_id=3, opportunity_id=2, host_id=2),
        place(role_id=2, opportunity_id=3, host_id=3),
    )
    assert [one.role_id for one, _ in pick_matches([(later, same), (young, same), (old, same)], 10)] == [2, 3, 1]


def test_the_points_of_each_side_make_a_hundred() -> None:
    instead = {Factor.NO_SKILL_NEEDED, Factor.REMOTE, Factor.MISSING_SKILL}
    counted = [weight for factor, weight in WEIGHTS.items() if factor not in instead]
    assert set(WEIGHTS) == set(Factor)
    assert sum(weight.for_volunteer for weight in counted) == 100
    assert sum(weight.for_host for weight in counted) == 100


def test_the_best_there_is_scores_a_hundred_and_says_why() -> None:
    volunteer = Volunteer(
        skills={1: has(1, 5, is_verified=True), 2: has(2, 2)},
        has_location=True,
        preferred_causes=frozenset({1, 2}),
        free_times=FreeTimes(merge([DaySlot(Weekday.WEDNESDAY, 5 * 60, 8 * 60)]), PACIFIC),
        causes={1: 4},
        hosts=frozenset({1}),
        courses=frozenset({7}),
        verifications=frozenset({"BACKGROUND_CHECK"}),
    )
    best = place(
        created_at=NOW - timedelta(days=1),
        distance_km=2.4,
        skills=[skill(1), skill(2, is_required=False, is_developed=True)],
        causes={1: "Animals", 2: "Parks", 3: "Literacy"},
        courses={7: "Food safety"},
        verifications=["BACKGROUND_CHECK"],
        applicants=12,
    )
    match = match_role(volunteer, best, NOW)
    assert match
    assert match.score == 100
    assert [(reason.code.value, reason.points, reason.message) for reason in match.reasons] == [
        ("REQUIRED_SKILL", 30, "It asks for Skill 1, which you have at level 5 of 5."),
        ("DISTANCE", 20, "About 2 km from the middle of your ZIP code."),
        ("DEVELOPED_SKILL", 10, "You can get better at Skill 2, which you have at level 2 of 5."),
        ("AVAILABLE", 7, "You are free at that time."),
        ("PREFERRED_CAUSE", 5, "It is for Animals and Parks, which you care about."),
        ("PAST_CAUSE", 5, "You took part for Animals 4 times."),
        ("VERIFIED_SKILL", 4, "Your Skill 1 was confirmed by somebody else."),
        ("FRESH", 4, "It is new: added a day ago."),
        ("SOON", 4, "It begins in 7 days."),
        ("KNOWN_HOST", 3, "You held a slot with Food bank before."),
        ("POPULAR", 3, "12 people applied in the last 14 days."),
        ("DATES_FREE", 2, "You have applied for nothing else at that time."),
        ("REQUIREMENT_MET", 1.5, "You finished Food safety, which it asks for."),
        ("REQUIREMENT_MET", 1.5, "Your background check is verified, as it asks."),
    ]


def test_what_is_missing_is_said_last_and_taken_away() -> None:
    match = match_role(Volunteer(skills={1: has(1, 5)}), place(skills=[skill(1), skill(2)]), NOW)
    assert match
    assert [(reason.code.value, reason.points) for reason in match.reasons] == [
        ("REQUIRED_SKILL", 15),
        ("SOON", 4),
        ("DATES_FREE", 2),
        ("MISSING_SKILL", -12.5),
    ]
    assert match.reasons[-1].message == "It also asks for Skill 2: add it to your skills if you have it."
    assert match.score == 8.5


def test_nothing_is_taken_away_below_nothing() -> None:
    match = match_role(Volunteer(skills={9: has(9)}), place(skills=[skill(1), skill(2)], span=span(300)), NOW)
    assert match
    assert match.score == 0
    assert [reason.points for reason in match.reasons] == [2, -2, 0]


@pytest.mark.parametrize(
    ("volunteer", "role"),
    [
        (Volunteer(held_spans=[span(7, 1)]), place()),
        (Volunteer(), place(courses={7: "Food safety"})),
        (Volunteer(verifications=frozenset({"IDENTITY"})), place(verifications=["IDENTITY", "BACKGROUND_CHECK"])),
    ],
    ids=["meets a place", "misses a course", "misses a verification"],
)
def test_what_one_could_not_take_is_no_match(volunteer: Volunteer, role: RoleCandidate) -> None:
    assert match_role(volunteer, role, NOW) is None


def test_what_begins_when_a_place_ends_is_a_match() -> None:
    before = Span(span(7).starts_at - timedelta(hours=2), span(7).starts_at)
    assert match_role(Volunteer(held_spans=[before]), place(), NOW)


@pytest.mark.parametrize("hours", [(73, 3), (3, 73)])
def test_a_program_of_days_leaves_room_beside_it(hours: tuple[int, int]) -> None:
    held, offered = (span(7, length) for length in hours)
    assert match_role(Volunteer(held_spans=[held]), place(span=offered), NOW)


def test_what_meets_another_application_is_worth_less_but_shown() -> None:
    free, asked = (match_role(Volunteer(applied_spans=some), place(), NOW) for some in ([], [span(7)]))
    assert free
    assert asked
    assert free.tenths - asked.tenths == 20


def test_somebody_of_whom_nothing_is_known_is_told_so() -> None:
    match = match_role(Volunteer(), place(created_at=NOW, is_remote=True, applicants=6), NOW)
    assert match
    assert [reason.code.value for reason in match.reasons] == [
        "NO_SKILL_NEEDED", "REMOTE", "FRESH", "SOON", "DATES_FREE", "POPULAR", "NEW_HERE",
    ]  # fmt: skip


#: A Wednesday, from 5:00 to 8:00 by the clocks of the volunteer.
WEDNESDAY = span(7)


def availability(hours: list[tuple[int, int]], when: Span, zone: timezone | None = PACIFIC) -> tuple[float, str]:
    """Return the points and the sentence for somebody who is free at these hours of Wednesdays."""
    slots = [DaySlot(Weekday.WEDNESDAY, 60 * start, 60 * end) for start, end in hours]
    match = match_role(Volunteer(free_times=FreeTimes(merge(slots), zone)), place(span=when), NOW)
    assert match
    return next(
        ((reason.points, reason.message) for reason in match.reasons if reason.code == Factor.AVAILABLE), (0, "")
    )


@pytest.mark.parametrize(
    ("hours", "points", "sentence"),
    [
        ([(5, 8)], 7, "You are free at that time."),
        ([(0, 6), (6, 24)], 7, "You are free at that time."),
        ([(6, 24)], 3.5, "You are free for at least half of that time."),
        ([(5, 6)], 0, ""),
        ([(8, 24)], 0, ""),
        ([], 0, ""),
    ],
    ids=["just then", "all day", "for two of three hours", "for one of three", "after it", "never said"],
)
def test_free_times_count_by_the_clocks_at_home(hours: list[tuple[int, int]], points: float, sentence: str) -> None:
    assert availability(hours, WEDNESDAY) == (points, sentence)


def test_free_times_without_a_zone_do_not_count() -> None:
    assert availability([(0, 24)], WEDNESDAY, None) == (0, "")


@pytest.mark.parametrize(("days", "points"), [(1, 7), (2, 3.5), (7, 3.5), (3_000, 3.5)])
def test_of_what_lasts_for_days_some_free_time_is_enough(days: int, points: float) -> None:
    begins = span(6.5).starts_at + timedelta(hours=7)
    when = Span(begins, begins + timedelta(days=days))
    assert availability([(0, 24)], when)[0] == points
    if days > 1:
        assert availability([(12, 13)], when) == (3.5, "It lasts for days, and you are free at some of that time.")


def test_what_lasts_for_days_without_a_free_hour_gives_no_points() -> None:
    assert availability([(0, 24)], span(1, 50)) == (0, "")


def test_a_host_reads_what_people_show_of_their_causes_and_times() -> None:
    times = FreeTimes(merge([DaySlot(Weekday.WEDNESDAY, 0, MINUTES_OF_DAY)]), PACIFIC)
    match = match_volunteer(
        {}, [], span=WEDNESDAY, is_remote=False, distance_km=None, free_times=times, preferred_causes=["Animals"]
    )
    assert [(reason.code.value, reason.points, reason.message) for reason in match.reasons] == [
        ("NO_SKILL_NEEDED", 30, "It asks for no particular skill."),
        ("AVAILABLE", 6, "Is free at that time."),
        ("PREFERRED_CAUSE", 4, "Cares about Animals."),
    ]
