"""Among 20,000 open roles each branch of the narrowing reads an index up to its limit, and never a whole table.

However large the tables are, no step of a plan brings more rows than the limits allow; `make bench` measures what comes
of it at 200,000.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from math import inf
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.geo.selectors import zip_point
from domains.opportunities.matching import match_role, pick_matches
from domains.opportunities.models import Opportunity, Role, RoleSkill
from domains.opportunities.selectors import find_recommended_roles, find_recommended_volunteers
from domains.opportunities.selectors.candidates import RADII_KM
from domains.opportunities.selectors.profiles import read_profile
from domains.opportunities.selectors.role_candidates import read_role_candidates
from domains.opportunities.selectors.trending import count_applicants
from tests.benchmarks.community import Community
from tests.factories import HostMembershipFactory
from tests.sql import statements_of

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db,
    pytest.mark.usefixtures("community"),
    pytest.mark.xdist_group("plans"),
]
#: Tables that grow with the community: none of them may be read from end to end.
LARGE = {
    "opportunities_opportunity",
    "opportunities_role",
    "opportunities_roleskill",
    "opportunities_opportunity_causes",
    "opportunities_preferredcause",
    "opportunities_application",
    "accounts_user",
    "accounts_userprofile",
    "account_emailaddress",
    "skills_userskill",
}
#: Twenty, and one for each circle that is tried.
MAX_STATEMENTS = 20 + len(RADII_KM)
#: The most rows that a step of a plan may bring: the branches' limits, and what hangs on what they found.
MAX_ROWS = 5_000


@pytest.fixture(scope="module")
def community(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        Community(roles=20_000, people=10_000).fill()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _indexes_first(community: None) -> None:
    """A table of this size PostgreSQL may rightly read from end to end; here it does so only where no index serves."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


@pytest.fixture
def crowded(community: None) -> User:
    """Somebody in the largest city with skills and a past."""
    people = User.objects.filter(zip_code__startswith="100", skills__isnull=False, applications__isnull=False)
    person = people.order_by("pk").first()
    assert person
    return person


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps(below)


def plan_of(statement: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement)
        (found,) = cursor.fetchone()
    plans = json.loads(found) if isinstance(found, str) else found
    return list(steps(plans[0]["Plan"]))


def costly(statements: list[str], most_rows: float = MAX_ROWS) -> list[str]:
    """Return what the statements read from end to end, or too much of."""
    found = []
    for statement in statements:
        for step in plan_of(statement):
            table = step.get("Relation Name", "")
            if step["Node Type"] == "Seq Scan" and table in LARGE:
                found.append(f"reads all of {table}: {statement[:300]}")
            if step["Actual Rows"] * step["Actual Loops"] > most_rows:
                found.append(f"{step['Node Type']} brings {step['Actual Rows']} rows of {table}: {statement[:300]}")
    return found


def indexes_of(statements: list[str]) -> set[str]:
    return {step["Index Name"] for statement in statements for step in plan_of(statement) if "Index Name" in step}


def test_roles_are_narrowed_by_indexes_alone(crowded: User) -> None:
    find_recommended_roles(viewer=crowded, first=10)  # counts what is trending, for an hour
    statements = statements_of(lambda: find_recommended_roles(viewer=crowded, first=10))
    assert costly(statements) == []
    assert indexes_of(statements) >= {
        "opportunities_open_by_place",
        "opportunities_open_by_age",
        "opportunities_open_remote",
        "opportunities_roles_by_skill",
        "opportunities_cause_by_opportunity",
    }


def test_people_are_narrowed_by_indexes_alone() -> None:
    role = Role.objects.filter(
        opportunity__location_zip__startswith="100", opportunity__status="OPEN", role_skills__is_required=True
    ).first()
    assert role
    viewer = HostMembershipFactory(host=role.opportunity.host).user
    assert viewer
    statements = statements_of(lambda: find_recommended_volunteers(viewer=viewer, role_id=role.pk, first=10))
    assert costly(statements, most_rows=inf) == []
    assert indexes_of(statements) >= {"opportunities_holders_by_level", "opportunities_people_by_zip"}


def test_nobody_costs_more_statements_than_the_branches_have() -> None:
    people = User.objects.filter(applications__isnull=False).distinct().order_by("pk")[:20]
    find_recommended_roles(viewer=people[0], first=10)
    asked = [statements_of(partial(find_recommended_roles, viewer=person, first=10)) for person in people]
    assert max(map(len, asked)) <= MAX_STATEMENTS


def test_the_narrowed_list_is_nearly_as_good_as_scoring_every_role() -> None:
    now = timezone.now()
    role_ids = list(
        Role.objects.filter(opportunity__in=Opportunity.objects.accepting_applications(now)).values_list(
            "pk", flat=True
        )
    )
    shares = []
    for person in User.objects.filter(applications__isnull=False).distinct().order_by("pk")[:60:20]:
        profile = read_profile(viewer=person, now=now)
        read = partial(read_role_candidates, home=profile.home, applicants=count_applicants(), now=now)
        places = [
            place for some in batched(role_ids, 5_000) for place in read(role_ids=set(some) - profile.excluded_role_ids)
        ]
        matches = [(place, match) for place in places if (match := match_role(profile.volunteer, place, now))]
        best = sum(match.tenths for _, match in pick_matches(matches, 10))
        found = sum(one.match.tenths for one in find_recommended_roles(viewer=person, first=10, now=now))
        shares.append(found / best)
    assert 0.8 < min(shares) <= max(shares) <= 1


def batched(keys: list[int], size: int) -> Iterator[list[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def test_the_one_role_that_fits_is_found_among_twenty_thousand(crowded: User) -> None:
    """It is the oldest of all, and it is where the volunteer lives, as a hundred others are."""
    mine, home = crowded.skills.order_by("pk").first(), zip_point(crowded.zip_code)
    role = Role.objects.filter(opportunity__status="OPEN").order_by("pk").first()
    assert mine
    assert home
    assert role
    role.role_skills.all().delete()
    RoleSkill.objects.create(role=role, skill=mine.skill, is_required=True)
    Role.objects.filter(pk=role.pk).update(slots_taken=0)
    Opportunity.objects.filter(pk=role.opportunity_id).update(
        latitude=home.latitude, longitude=home.longitude, is_remote=False
    )
    found = find_recommended_roles(viewer=crowded, first=10)
    assert len(found) == 10
    assert role.pk in [one.role_id for one in found]
