"""How long recommendations take among many roles: `make bench`, or `bench_recommendations.py --sizes 10000,200000`.

Makes a PostgreSQL database of its own for each size (at TEST_POSTGRES_URL), fills it, asks for 40 volunteers and 40
roles after a warm-up, prints the figures, and drops it. The smallest size is also tried on SQLite, for information.
The exit status is 1 where the largest size takes more than three times as long as the smallest.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.processes import own_database

ASKED, WARM_UP = 40, 10
#: How much slower the largest size may be than the smallest.
MAX_TIMES = 3.0
ROLES_PER_PERSON, FEWEST_PEOPLE = 2, 10_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="10000,200000", help="open roles, smallest first")
    parser.add_argument(
        "--measure", type=int, help="measure in the database of DATABASE_URL, print JSON, and nothing else"
    )
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure)))
        return 0
    sizes = [int(size) for size in given.sizes.split(",")]
    found = {f"PostgreSQL, {size:,} roles": in_postgres(size) for size in sizes}
    with tempfile.TemporaryDirectory() as folder:
        found[f"SQLite, {sizes[0]:,} roles"] = run(sizes[0], f"sqlite:///{Path(folder, 'bench.sqlite3')}")
    return report(found)


def in_postgres(size: int) -> dict[str, Any]:
    """Measure in a database that is made for it and dropped."""
    with own_database(f"mishmob_bench_{os.getpid()}") as url:
        return run(size, url)


def run(size: int, url: str) -> dict[str, Any]:
    """Measure in a process of its own, because Django knows one database."""
    environ = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    environ.pop("REDIS_URL", None)
    command = [sys.executable, "-m", "tests.benchmarks.bench_recommendations", "--measure", str(size)]
    done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measure(size: int) -> dict[str, Any]:
    """Fill the database and return the figures."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    from tests.benchmarks.community import Community

    setup_test_environment()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    community = Community(roles=size, people=max(size // ROLES_PER_PERSON, FEWEST_PEOPLE))
    community.fill()
    return {
        "people": community.people,
        "fill": round(time.perf_counter() - began, 1),
        "for volunteers": time_each(*volunteers_of(community)),
        "whole answers": time_each(*answers_of(community)),
        "for roles": time_each(*roles_of(community)),
        "trending, counted": time_each(*trending_of()),
    }


def volunteers_of(community: Any) -> tuple[Callable[[Any], int], list[Any]]:
    from domains.accounts.models import User
    from domains.opportunities import selectors

    people = list(User.objects.order_by("pk")[:: community.people // (ASKED + WARM_UP)][: ASKED + WARM_UP])
    return (lambda person: len(selectors.find_recommended_roles(viewer=person, first=10))), people


def answers_of(community: Any) -> tuple[Callable[[Any], int], list[Any]]:
    from django.test import Client

    from tests.api import Api

    document = """{ recommendedOpportunities(first: 10) { score reasons { code message }
      role { id title slotsRemaining skills { isRequired skill { name } } }
      opportunity { id title startDate host { organizationName } } } }"""
    apis = [Api(Client(), person) for person in volunteers_of(community)[1]]
    for api in apis:
        api.ask("{ me { id } }")
    return (lambda api: len(api.ask(document)["recommendedOpportunities"])), apis


def roles_of(community: Any) -> tuple[Callable[[Any], int], list[Any]]:
    from domains.opportunities import selectors
    from domains.opportunities.models import HostMembership, Role
    from tests.factories import HostMembershipFactory

    chosen = community.open_roles[:: len(community.open_roles) // (ASKED + WARM_UP)][: ASKED + WARM_UP]
    owned = []
    for role in Role.objects.select_related("opportunity__host").filter(pk__in=chosen):
        host = role.opportunity.host
        membership = HostMembership.objects.filter(host=host).first() or HostMembershipFactory(host=host)
        owned.append((membership.user, role.pk))
    ask = selectors.find_recommended_volunteers
    return (lambda pair: len(ask(viewer=pair[0], role_id=pair[1], first=10))), owned


def trending_of() -> tuple[Callable[[Any], int], list[Any]]:
    from django.core.cache import cache

    from domains.opportunities import selectors

    def ask(_: Any) -> int:
        cache.clear()
        return len(selectors.find_trending(viewer=None, first=10))

    return ask, list(range(ASKED // 4))


def time_each(ask: Callable[[Any], int], subjects: list[Any]) -> dict[str, float]:
    """Ask for each and return milliseconds and what an answer costs and holds; the first ones are the warm-up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    warm, *_ = [subjects[: len(subjects) // 5]]
    for one in warm:
        ask(one)
    times, statements, results = [], [], []
    for one in subjects[len(warm) :]:
        began = time.perf_counter()
        results.append(ask(one))
        times.append(1000 * (time.perf_counter() - began))
    for one in subjects[-10:]:
        with CaptureQueriesContext(connection) as captured:
            ask(one)
        statements.append(len(captured))
    return {
        "asked": len(times),
        "median ms": statistics.median(times),
        "p95 ms": statistics.quantiles(times, n=20)[-1],
        "statements": max(statements),
        "results": statistics.mean(results),
    }


def report(found: dict[str, dict[str, Any]]) -> int:
    """Print a table of the figures; return 1 where the largest size is too slow."""
    kinds = [kind for kind in next(iter(found.values())) if kind not in {"fill", "people"}]
    print("| where | what | asked | median ms | p95 ms | statements | results |")
    print("|---|---|---|---|---|---|---|")
    for where, figures in found.items():
        for kind in kinds:
            one = figures[kind]
            print(
                f"| {where} | {kind} | {one['asked']} | {one['median ms']:.1f} | {one['p95 ms']:.1f} | "
                f"{one['statements']} | {one['results']:.1f} |"
            )
    print()
    for where, figures in found.items():
        print(f"{where}: {figures['people']:,} people, filled in {figures['fill']} s")
    sizes = [figures for where, figures in found.items() if where.startswith("PostgreSQL")]
    is_slow = False
    for kind in kinds[:3]:
        times = sizes[-1][kind]["median ms"] / sizes[0][kind]["median ms"]
        is_slow |= times > MAX_TIMES
        print(f"{kind}: the largest size takes {times:.2f} times as long as the smallest, at most {MAX_TIMES}")
    return int(is_slow)


if __name__ == "__main__":
    raise SystemExit(main())
