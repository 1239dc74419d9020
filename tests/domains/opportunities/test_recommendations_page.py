"""docs/recommendations.md says what is true: its weights are the table's, its example is what comes out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from domains.base.week import DaySlot, Weekday, merge
from domains.geo.selectors import zip_time_zone
from domains.opportunities.matching import (
    WEIGHTS,
    FreeTimes,
    HeldSkill,
    Match,
    RoleCandidate,
    Span,
    Volunteer,
    WantedSkill,
    match_role,
)

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
CARPENTRY, FIRST_AID, PAINTING, ANIMALS = 1, 2, 3, 4


@pytest.fixture(scope="module")
def page() -> str:
    return Path(settings.BASE_DIR, "docs", "recommendations.md").read_text()


def rows_of(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the table below the heading of a section."""
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in re.findall(r"^\| (?!factor|reason).*\|$", section, re.MULTILINE)]


def nest_box_builder(also: dict[int, HeldSkill] | None = None) -> Match:
    begins = NOW + timedelta(days=20, hours=4)
    maria = Volunteer(
        skills={
            CARPENTRY: HeldSkill("Carpentry", "Craft", 4, is_verified=True),
            FIRST_AID: HeldSkill("First aid", "Care", 2),
            **(also or {}),
        },
        has_location=True,
        preferred_causes=frozenset({ANIMALS}),
        free_times=FreeTimes(merge([DaySlot(Weekday.TUESDAY, 11 * 60, 18 * 60)]), zip_time_zone("94110")),
        causes={ANIMALS: 2},
    )
    role = RoleCandidate(
        role_id=1,
        opportunity_id=1,
        host_id=1,
        host_name="Bird friends",
        span=Span(begins, begins + timedelta(hours=4)),
        created_at=NOW - timedelta(days=5),
        distance_km=17.2,
        skills=[
            WantedSkill(CARPENTRY, "Carpentry", "Craft"),
            WantedSkill(PAINTING, "Painting", "Craft"),
            WantedSkill(FIRST_AID, "First aid", "Care", is_required=False, is_developed=True),
        ],
        causes={ANIMALS: "Animals"},
        applicants=6,
    )
    match = match_role(maria, role, NOW)
    assert match
    return match


def test_the_weights_are_those_of_the_table(page: str) -> None:
    assert rows_of(page, "What counts") == [
        [factor.value, str(weight.for_volunteer), str(weight.for_host), weight.why]
        for factor, weight in WEIGHTS.items()
    ]


def test_the_example_is_what_comes_out(page: str) -> None:
    match = nest_box_builder()
    *told, total = rows_of(page, "An example, number by number")
    assert [(code, points, sentence) for code, points, _, sentence in told] == [
        (reason.code.value, f"{reason.points:.1f}", reason.message) for reason in match.reasons
    ]
    assert total[:2] == ["**score**", f"**{match.score}**"]


def test_one_more_skill_makes_what_the_page_says(page: str) -> None:
    with_painting = nest_box_builder({PAINTING: HeldSkill("Painting", "Craft", 3)})
    assert f"the role scores {with_painting.score}." in " ".join(page.split())
