"""The one table of weights: each factor, its points on each side, and why.

docs/recommendations.md prints it for people; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: At this level or below, a volunteer is still learning a skill.
MAX_LEARNING_LEVEL = 2


class Factor(StrEnum):
    """Factors, in the order of the table."""

    REQUIRED_SKILL = "REQUIRED_SKILL"
    MISSING_SKILL = "MISSING_SKILL"
    NO_SKILL_NEEDED = "NO_SKILL_NEEDED"
    VERIFIED_SKILL = "VERIFIED_SKILL"
    DEVELOPED_SKILL = "DEVELOPED_SKILL"
    DISTANCE = "DISTANCE"
    REMOTE = "REMOTE"
    AVAILABLE = "AVAILABLE"
    PREFERRED_CAUSE = "PREFERRED_CAUSE"
    PAST_CAUSE = "PAST_CAUSE"
    KNOWN_HOST = "KNOWN_HOST"
    REQUIREMENT_MET = "REQUIREMENT_MET"
    DATES_FREE = "DATES_FREE"
    FRESH = "FRESH"
    SOON = "SOON"
    POPULAR = "POPULAR"
    NEW_HERE = "NEW_HERE"


@dataclass(frozen=True)
class Weight:
    """Maximum points of a factor: for a role in a volunteer's list, for a volunteer in a role's list."""

    for_volunteer: int
    for_host: int
    why: str


#: All weights. The points of each side add up to 100, without those of alternatives and of missing skills.
WEIGHTS: dict[Factor, Weight] = {
    Factor.REQUIRED_SKILL: Weight(
        30,
        54,
        "The required skills that are met, each with an equal part of it: 60 % at level 1, all of it at level 5.",
    ),
    Factor.MISSING_SKILL: Weight(
        -25, -25, "Taken away for the required skills that are not met, in equal parts; the score stays 0 or more."
    ),
    Factor.NO_SKILL_NEEDED: Weight(15, 30, "Instead of required skills, if the role requires none."),
    Factor.VERIFIED_SKILL: Weight(4, 12, "The required skills that are verified, each with an equal part."),
    Factor.DEVELOPED_SKILL: Weight(
        10,
        9,
        "Skills that the volunteer develops, each with an equal part: all of it up to level 2, 60 % for practicing a "
        "skill or for another one of its category.",
    ),
    Factor.DISTANCE: Weight(20, 15, "By bands: all of it to 5 km, 85 % to 10, 60 % to 25, 30 % to 50, 10 % to 100 km."),
    Factor.REMOTE: Weight(12, 15, "Instead of distance, for a remote opportunity."),
    Factor.AVAILABLE: Weight(
        7,
        6,
        "All of it if the volunteer is free all the time, 50 % for half the time, or for any time of what lasts more "
        "than a day.",
    ),
    Factor.PREFERRED_CAUSE: Weight(5, 4, "The opportunity serves a cause that the volunteer chose."),
    Factor.PAST_CAUSE: Weight(5, 0, "A cause that the volunteer held a slot for: 3 points once, 4 twice, then 5."),
    Factor.KNOWN_HOST: Weight(3, 0, "The volunteer held a slot with this organization before."),
    Factor.REQUIREMENT_MET: Weight(3, 0, "Courses and verifications that the role asks for and the volunteer has."),
    Factor.DATES_FREE: Weight(2, 0, "Nothing else that the volunteer applied for is at the same time."),
    Factor.FRESH: Weight(4, 0, "All of it for what is at most 3 days old, 75 % to 7, 50 % to 14, 25 % to 30 days."),
    Factor.SOON: Weight(4, 0, "All of it for what begins in 14 days, 50 % in 30 days or begun already, 25 % in 60."),
    Factor.POPULAR: Weight(3, 0, "People who applied in the last 14 days: 1 point from two, 2 from five, 3 from ten."),
    Factor.NEW_HERE: Weight(0, 0, "For volunteers without known skills, location, causes or history."),
}

DISTANCE_BANDS = ((5, 100), (10, 85), (25, 60), (50, 30), (100, 10))
#: Distance bands on the host's side: a host learns nothing finer about where people live.
HOST_DISTANCE_BANDS = ((10, 100), (25, 60), (50, 30), (100, 10))
FRESH_BANDS = ((3, 100), (7, 75), (14, 50), (30, 25))
SOON_BANDS = ((14, 100), (30, 50), (60, 25))
BEGUN_SHARE = 50
PAST_CAUSE_TENTHS = (30, 40, 50)
#: Percent for volunteers who are free for at least half of the time, or at some time of what lasts more than a day.
PARTLY_FREE_SHARE = 50
POPULAR_STEPS = ((10, 30), (5, 20), (2, 10))
LEVEL_SHARES = {1: 60, 2: 70, 3: 80, 4: 90, 5: 100}
PRACTICE_SHARE = 60
