"""Shared state of the load's steps: the content, the clock, the random generator, and the rows made so far."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from config.demo import DEMO_LOG_INS
from domains.accounts.models import User
from domains.events.models import Event
from domains.learning.models import Course
from domains.messaging.models import Conversation
from domains.opportunities.models import Application, Cause, Opportunity, OpportunityHost, Role
from domains.skills.models import Skill

DATA_FOLDER = Path(__file__).parent / "data"
DOMAIN = "demo.example"
#: The people who can log in, as the content names them.
LOG_INS = tuple(email.partition("@")[0] for email in DEMO_LOG_INS)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_content(name: str) -> dict[str, Any]:
    """Return the content of one file in `data`."""
    return tomllib.loads((DATA_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass
class LoadedOpportunity:
    """An opportunity: its content, and the rows that were made from it."""

    about: str
    kind: str
    area: str
    nth: int
    opportunity: Opportunity
    roles: dict[str, Role] = field(default_factory=dict)
    #: Role title -> the skills it requires.
    required_skills: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Community:
    """The community while it is being loaded; every map is keyed as in the content."""

    now: datetime
    users: dict[str, User] = field(default_factory=dict)
    #: Person -> the names of their skills.
    skill_names: dict[str, set[str]] = field(default_factory=dict)
    skills: dict[str, Skill] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    hosts: dict[str, OpportunityHost] = field(default_factory=dict)
    opportunities: list[LoadedOpportunity] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    courses: dict[str, Course] = field(default_factory=dict)
    conversations: list[Conversation] = field(default_factory=list)
    #: A random generator with the same results at each load.
    rng: Random = field(default_factory=lambda: Random(94110))  # noqa: S311 - variety, no secret

    @cached_property
    def host_content(self) -> dict[str, Any]:
        """The areas, hosts and causes as the content describes them."""
        return read_content("hosts")

    @cached_property
    def people(self) -> dict[str, Any]:
        """The people as the content describes them."""
        return read_content("people")

    def area_of(self, zip_code: str) -> str:
        """Return the area that a ZIP code of the content lies in."""
        return {"94": "sf", "97": "pdx", "78": "atx"}[zip_code[:2]]

    def people_near(self, area: str) -> list[str]:
        """Return the people who live in the area and can't log in, in the content's order."""
        return [
            key for key, person in self.people.items() if key not in LOG_INS and self.area_of(person["zip"]) == area
        ]

    def owner(self, host: str) -> User:
        """Return the owner of the host."""
        return self.users[self.host_content["host"][host]["owner"]]

    def members(self, host: str) -> set[str]:
        """Return the keys of all the host's people."""
        described = self.host_content["host"][host]
        return {described["owner"], *described.get("team", {})}

    def local_start(self, area: str, *, week: int, day: str, time: str) -> datetime:
        """Return the moment of a weekday, in the area's own time.

        Week 0 is the seven days from tomorrow, week -1 the seven days until yesterday.
        """
        zone = ZoneInfo(self.host_content["area"][area]["timezone"])
        first = self.now.astimezone(zone).date() + timedelta(days=7 * week + (week >= 0))
        date = first + timedelta(days=(WEEKDAYS.index(day) - first.weekday()) % 7)
        hour, minute = map(int, time.split(":"))
        return datetime(date.year, date.month, date.day, hour, minute, tzinfo=zone)

    def random_past_time(self, *, days: tuple[int, int]) -> datetime:
        """Return a random time on one of these days in the past, at some hour of the day."""
        return self.now - timedelta(days=self.rng.randint(*days), minutes=self.rng.randint(0, 1439))

    def random_time_between(self, earliest: datetime, latest: datetime) -> datetime:
        """Return a random time between the two."""
        return earliest + (latest - earliest) * self.rng.random()

    def find_opportunity(self, about: str, area: str, nth: int = 0) -> LoadedOpportunity:
        """Return the opportunity by its names in the content."""
        for loaded in self.opportunities:
            if (loaded.about, loaded.area, loaded.nth) == (about, area, nth):
                return loaded
        raise LookupError(f"no occurrence {nth} of {about!r} in {area}")


def sentence_start(text: str) -> str:
    """Return the text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def by_casefolded(names: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return a map from each name, however capitalised, to its value."""
    return {name.casefold(): value for name, value in names}
