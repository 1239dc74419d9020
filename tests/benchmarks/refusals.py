"""What a refusal costs: `python -m tests.benchmarks.refusals`.

Sends documents and variables that are refused, through the whole view but in this process, and prints the time of the
processor that each request took. Refusals of more than 20 ms are marked.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MAX_MS = 20.0
REPEATS = 5
MIB = 1024 * 1024
LIST = "query Q($filters: OpportunityFilter, $ordering: [OpportunityOrder!]) { %s }"
FIELD = "opportunities(filters: $filters, ordering: $ordering) { totalCount }"
ALIASED = LIST % " ".join(f"a{number}: {FIELD}" for number in range(30))
CREATE = "mutation M($input: CreateOpportunityInput!) { createOpportunity(input: $input) { __typename } }"


def query(*fields: str) -> str:
    return "{ " + " ".join(fields) + " }"


def many_fragments(levels: int) -> str:
    """Fragments of which each spreads the next twice."""
    chain = "".join(f"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}" for n in range(levels))
    return f"{{...f0}}{chain} fragment f{levels} on Query{{ __typename }}"


def requests() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is refused: a document and its variables, by name."""
    one = "opportunities(first: 100) { edges { node { %s } } }"
    nested = one % "applications(first: 100) { edges { node { id } } }"
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    return {
        "45,000 orderings x 30": (ALIASED, {"ordering": [{"title": "ASC"}] * 45_000}),
        "38,000 skillIds x 30": (ALIASED, {"filters": {"skillIds": ["U2tpbGw6MQ=="] * 38_000}}),
        "25,000 roles": (CREATE, {"input": {"roles": [{"title": "x", "slotsAvailable": 1}] * 25_000}}),
        "100,000 unused": (ALIASED, {"unused": [1] * 100_000}),
        "51 skillIds x 30": (ALIASED, {"filters": {"skillIds": ["U2tpbGw6MQ=="] * 51}}),
        "4,900 wrong values": (CREATE, {"input": {"title": [None] * 4_900}}),
        "100 wrong roles": (CREATE, {"input": {"roles": [{"title": 1, "x": n} for n in range(100)]}}),
        "a text of 1 MB": (ALIASED, {"filters": {"source": "x" * (MIB - 5_000)}}),
        "nested 900 times": (ALIASED, {"filters": {"skillIds": deep}}),
        "pages in pages": (query(nested), {}),
        "12 pages of texts": (query(*(f"a{n}: {one}" % "roles { description }" for n in range(12))), {}),
        "30 x recommended": (
            query(*(f"a{n}: recommendedOpportunities(first: 50) {{ score }}" for n in range(30))),
            {},
        ),
        "31 aliases": (query(*(f"a{n}: __typename" for n in range(31))), {}),
        "60 levels of fragments": (many_fragments(60), {}),
        "a number of 5,000 digits": ("{ opportunities(first: %s) { totalCount } }" % ("1" * 5_000), {}),
        "1,000 tokens": ("{ a(b: [%s]) }" % ("1 " * 1_100), {}),
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder, 'refusals.sqlite3')}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        os.environ.pop("REDIS_URL", None)
        return measure()


def measure() -> int:
    import django

    django.setup()
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    client, late = Client(), 0
    client.post("/graphql/", "{}", content_type="application/json")
    print(f"{'what is refused':28} {'KiB':>6} {'CPU ms':>7}  code")
    for name, (document, variables) in requests().items():
        body = json.dumps({"query": document, "variables": variables})

        def post(body: str = body) -> Any:
            return client.post("/graphql/", body, content_type="application/json").json()

        cpu = spent(post)
        late += cpu > MAX_MS
        code = post()["errors"][0]["extensions"]["code"]
        print(f"{name:28} {len(body) // 1024:6} {cpu:7.1f}  {code}{' <-- late' * (cpu > MAX_MS)}")
    print(f"{late} refusals cost more than {MAX_MS:.0f} ms.")
    return int(late > 0)


def spent(act: Callable[[], Any]) -> float:
    """Return the least time of the processor that it took, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        act()
        times.append(1000 * (time.process_time() - began))
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
