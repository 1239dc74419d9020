"""A large made-up community, with the unevenness of a real one, written straight into the tables.

Half of everything is in ten large cities, a tenth is remote; the first of 300 skills is in a tenth of the roles, and
the others in ever fewer. For two open opportunities there is one that is over, and for four there are three listings of
other sites, which have no roles. The same size is the same community, whenever it is made.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.color import no_style
from django.db import connection, models, transaction

from domains.accounts.models import User, UserProfile
from domains.base.week import DaySlot, Weekday, merge
from domains.geo.plain import Point
from domains.geo.selectors import zip_codes_within, zip_point
from domains.opportunities.models import (
    Application,
    Cause,
    Opportunity,
    OpportunityHost,
    PreferredCause,
    Role,
    RoleSkill,
)
from domains.skills.models import Skill, UserSkill

#: The middles of ten large cities, with the parts of the community that live in them, in hundredths.
CITIES = {
    "10001": 12,
    "90012": 9,
    "60601": 6,
    "77002": 5,
    "85003": 4,
    "19107": 4,
    "78205": 3,
    "92101": 3,
    "75201": 2,
    "94103": 2,
}
CITY_KM = 35
SKILLS, CATEGORIES, CAUSES = 300, 20, 12
ROLES_PER_OPPORTUNITY = 2
#: In the order in which opportunities are written, again and again: OPEN, OVER, or a LISTING of another site.
KINDS = ("OPEN", "LISTING", "OPEN", "OVER", "LISTING", "OPEN", "OVER", "OPEN", "LISTING")
MODELS = (
    Skill,
    Cause,
    OpportunityHost,
    User,
    UserProfile,
    EmailAddress,
    UserSkill,
    PreferredCause,
    Opportunity,
    Role,
    RoleSkill,
)
BATCH = 20_000

Row = dict[str, Any]


class Community:
    """So many open roles, and so many people."""

    def __init__(self, *, roles: int, people: int) -> None:
        self.people, self.hosts = people, max(roles // 20, 1)
        self.now = datetime.now(UTC)
        self.random, self.wishes = random.Random(roles), random.Random(people)
        per_round = KINDS.count("OPEN") * ROLES_PER_OPPORTUNITY
        self.kinds = KINDS * -(-roles // per_round)
        self._cities = [zip_codes_within(point, CITY_KM) for point in map(zip_point, CITIES) if point]
        self._everywhere = zip_codes_within(Point(39.8, -98.6), 2200)
        self._weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(SKILLS)))
        # Of the roles, by their ids from 1: which are open.
        kinds = [kind for kind in self.kinds if kind != "LISTING" for _ in range(ROLES_PER_OPPORTUNITY)]
        self.open_roles = [role_id for role_id, kind in enumerate(kinds, 1) if kind == "OPEN"]
        self.past_roles = [role_id for role_id, kind in enumerate(kinds, 1) if kind == "OVER"]

    def fill(self) -> None:
        """Write everything into empty tables, and let the database look at it."""
        with transaction.atomic():
            if is_postgres():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = 0")
            write(Skill, map(self._skill, upto(SKILLS)))
            write(Cause, ({"id": n, "name": f"Cause {n}"} for n in upto(CAUSES)))
            write(OpportunityHost, ({"id": n, "organization_name": f"Host {n}"} for n in upto(self.hosts)))
            self._write_people()
            self._write_opportunities()
            write(Application, numbered(self._applications()))
        with connection.cursor() as cursor:
            for reset in connection.ops.sequence_reset_sql(no_style(), [*MODELS, Application]):
                cursor.execute(reset)
            # The tables by their names: inside a transaction a whole ANALYZE would hold what all databases share.
            vacuum = "VACUUM " if is_postgres() and not connection.in_atomic_block else ""
            for model in (*MODELS, Application, Opportunity.causes.through):
                cursor.execute(f"{vacuum}ANALYZE {connection.ops.quote_name(model._meta.db_table)}")

    def _skill(self, number: int) -> Row:
        name = f"Skill {number}"
        category = f"C{number % CATEGORIES}"
        return {
            "id": number, "name": name, "folded_name": name.casefold(), "category": category, "updated_at": self.now,
        }  # fmt: skip

    def zip_code(self) -> str:
        """Return a ZIP code, as somebody's home or the place of something."""
        shares = [*CITIES.values(), 100 - sum(CITIES.values())]
        (region,) = self.random.choices([*self._cities, self._everywhere], shares)
        return self.random.choice(region)

    def skills(self, most: int) -> list[int]:
        """Return the ids of one to so many skills, the popular ones most often."""
        count = self.random.randint(1, most)
        return list(dict.fromkeys(self.random.choices(upto(SKILLS), cum_weights=self._weights, k=count)))

    def _write_people(self) -> None:
        emails = {n: f"member{n}@community.example" for n in upto(self.people)}
        write(
            User,
            (
                {"id": n, "password": "!", "email": email, "display_name": f"Person {n}", "zip_code": self.zip_code()}
                for n, email in emails.items()
            ),
        )
        write(UserProfile, map(self._profile, emails))
        write(
            EmailAddress,
            (
                {"id": n, "user_id": n, "email": email, "verified": n % 10 != 0, "primary": True}
                for n, email in emails.items()
            ),
        )
        write(UserSkill, numbered(row for n in emails for row in self._held(n)))
        write(PreferredCause, numbered(row for n in emails for row in self._preferred(n)))

    def _profile(self, person: int) -> Row:
        """Return a profile; two in three people are free on two half days, and half of these show it to everybody."""
        days = self.wishes.sample(range(7), 2 if person % 3 else 0)
        slots = [
            DaySlot(list(Weekday)[day], *self.wishes.choice([(480, 780), (780, 1080), (1080, 1320)])) for day in days
        ]
        visibility = {"AVAILABILITY": "EVERYONE"} if person % 2 else {}
        return {
            "user_id": person,
            "birth_year": 1950 + person % 60,
            "availability": json.dumps(merge(slots)),
            "visibility": json.dumps(visibility),
        }

    def _preferred(self, person: int) -> Iterator[Row]:
        for cause in self.wishes.sample(upto(CAUSES), person % 4):
            yield {"user_id": person, "cause_id": cause}

    def _held(self, person: int) -> Iterator[Row]:
        for skill in self.skills(9):
            (level,) = self.random.choices((1, 2, 3, 4, 5), (2, 3, 4, 2, 1))
            yield {"user_id": person, "skill_id": skill, "proficiency_level": level, "is_verified": level == 5}

    def _write_opportunities(self) -> None:
        write(Opportunity, (self._opportunity(n, kind) for n, kind in enumerate(self.kinds, 1)))
        write(
            Opportunity.causes.through,
            ({"id": n, "opportunity_id": n, "cause_id": self.random.randint(1, CAUSES)} for n in upto(len(self.kinds))),
        )
        with_roles = [n for n, kind in enumerate(self.kinds, 1) if kind != "LISTING"]
        write(Role, numbered(self._role(n) for n in with_roles for _ in range(ROLES_PER_OPPORTUNITY)))
        roles = len(with_roles) * ROLES_PER_OPPORTUNITY
        write(RoleSkill, numbered(row for n in upto(roles) for row in self._wanted(n)))

    def _opportunity(self, number: int, kind: str) -> Row:
        is_remote = self.random.random() < 0.1
        zip_code = "" if is_remote else self.zip_code()
        latitude, longitude = zip_point(zip_code) or (None, None)
        days = self.random.randint(-90, -2) if kind == "OVER" else self.random.randint(1, 90)
        start = self.now + timedelta(days=days, hours=self.random.randint(0, 23))
        return {
            "id": number,
            "host_id": None if kind == "LISTING" else self.random.randint(1, self.hosts),
            "kind": "EXTERNAL" if kind == "LISTING" else "SIGN_UP",
            "status": "CLOSED" if kind == "OVER" else "OPEN",
            "title": f"Opportunity {number}",
            "description": "A made-up description, as long as people write them. " * 8,
            "start_date": start,
            "end_date": start + timedelta(hours=3),
            "location_zip": zip_code,
            "latitude": latitude,
            "longitude": longitude,
            "is_remote": is_remote,
            # What was written first is the oldest.
            "created_at": self.now - timedelta(days=120 * (1 - number / len(self.kinds)), minutes=1),
            "updated_at": self.now,
        }

    def _role(self, opportunity: int) -> Row:
        taken = self.random.randint(0, 10)
        return {"opportunity_id": opportunity, "title": "A role", "slots_available": 10, "slots_taken": taken}

    def _wanted(self, role: int) -> Iterator[Row]:
        for place, skill in enumerate(self.skills(4)):
            is_required = place < 2
            yield {"role_id": role, "skill_id": skill, "is_required": is_required, "is_developed": not is_required}

    def _applications(self) -> Iterator[Row]:
        """Yield the past of every fifth person, and who applied lately for every tenth open role."""
        for person in upto(self.people)[::5]:
            for role in self.random.sample(self.past_roles, 4):
                yield self._application(role, person, "COMPLETED", days=60)
        for role in self.open_roles[::10]:
            crowd = min(int(self.random.paretovariate(1.2)), 40)
            for person in {self.random.randint(1, self.people) for _ in range(crowd)}:
                yield self._application(role, person, "APPLIED", days=person % 14)

    def _application(self, role: int, person: int, status: str, days: int) -> Row:
        submitted_at = self.now - timedelta(days=days)
        return {"role_id": role, "volunteer_id": person, "status": status, "submitted_at": submitted_at}


def upto(count: int) -> range:
    """Return the numbers from 1 to `count`."""
    return range(1, count + 1)


def numbered(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows with ids from 1."""
    return ({"id": n, **row} for n, row in enumerate(rows, 1))


def write(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Insert the rows as fast as the database takes them; columns they do not name get the model's defaults."""
    fields = [one for one in model._meta.concrete_fields if not one.generated]
    defaults = {one.attname: one.get_db_prep_save(one.get_default(), connection) for one in fields}
    names = [one.attname for one in fields]
    # psycopg takes Python's values as they are; SQLite has no times.
    times = [] if is_postgres() else [one for one in fields if isinstance(one, models.DateTimeField)]

    def values() -> Iterator[list[Any]]:
        for row in rows:
            full = {**defaults, **row}
            full |= {
                one.attname: one.get_db_prep_save(row[one.attname], connection) for one in times if one.attname in row
            }
            yield [full[name] for name in names]

    table = model._meta.db_table
    columns = ", ".join(f'"{one.column}"' for one in fields)
    with connection.cursor() as cursor:
        if is_postgres():
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for some in values():
                    copy.write_row(some)
        else:
            marks = ", ".join(["%s"] * len(fields))
            every = values()
            while batch := list(itertools.islice(every, BATCH)):
                cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', batch)


def is_postgres() -> bool:
    return connection.vendor == "postgresql"
