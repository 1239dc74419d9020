"""How far the weights of `graphql_api/checks/weights` are from what fields cost: `make weights`.

Fills an SQLite database of its own, asks for each field that has a weight, and prints the time that one document takes
more with the field than without it, beside what the field is taken to cost. Marked are those that are more than four
times apart, where the difference is large enough to be told from chance. Then the documents of the contract, whole.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: How far apart time and weight may be. What takes less than so many milliseconds, or than this part of the document
#: that it is added to, cannot be told from chance.
MAX_TIMES, TOO_SHORT, TOO_SMALL = 4.0, 4.0, 0.1
POINTS_PER_MS = 100
REPEATS = 5
#: The way from the root to as many objects of a type as there can be; `@Kind` stands for an id.
PATHS = {
    "Query": "%s",
    "Application": "me { applications(first: 100) { edges { node { %s } } } }",
    "Conversation": "conversations(first: 10) { edges { node { %s } } }",
    "Course": "opportunities(first: 20) { edges { node { roles { requiredCourses { %s } } } } }",
    "HostImpact": "me { hostMemberships { host { impact { %s } } } }",
    "HostMembership": "me { hostMemberships { host { members { %s } } } }",
    "HoursEntry": "me { applications(first: 100) { edges { node { hours { %s } } } } }",
    "Impact": "me { impact { %s } }",
    "Message": 'conversation(id: "@Conversation") { messages(first: 20) { edges { node { %s } } } }',
    "MessageAttachment": (
        'conversation(id: "@Conversation") { messages(first: 20) { edges { node { attachments { %s } } } } }'
    ),
    "MessageSent": (
        'conversation(id: "@Conversation") { events(afterSequence: 0, first: 20) { ... on MessageSent { %s } } }'
    ),
    "Notification": "notifications(first: 100) { edges { node { %s } } }",
    "NotificationConnection": "notifications { %s }",
    "Opportunity": "opportunities(first: 100) { edges { node { %s } } }",
    "OpportunityConnection": "opportunities { %s }",
    "OpportunityHost": "me { hostMemberships { host { %s } } }",
    "RecommendedOpportunity": "recommendedOpportunities(first: 50) { %s }",
    "RecommendedVolunteer": 'recommendedVolunteers(roleId: "@Role", first: 50) { %s }',
    "Resume": "me { profile { resume { %s } } }",
    "Role": "opportunities(first: 50) { edges { node { roles { %s } } } }",
    "ServiceRecord": "me { serviceRecords { %s } }",
    "Skill": "skills(first: 100) { edges { node { %s } } }",
    "User": 'opportunity(id: "@Opportunity") { applications(first: 20) { edges { node { volunteer { %s } } } } }',
    "UserProfile": "me { profile { %s } }",
    "UserSession": "me { sessions { %s } }",
}
#: What only the viewer sees of a person is asked of the viewer.
OWN = {
    "applications",
    "blockedUsers",
    "hostMemberships",
    "notificationPreferences",
    "serviceRecords",
    "sessions",
    "impact",
}
ARGUMENTS = {
    "Query.conversation": '(id: "@Conversation")',
    "Query.host": '(id: "@OpportunityHost")',
    "Query.node": '(id: "@Opportunity")',
    "Query.opportunity": '(id: "@Opportunity")',
    "Query.recommendedVolunteers": '(roleId: "@Role")',
    "Query.searchMessages": '(query: "water")',
    "Conversation.events": "(afterSequence: 0, first: 20)",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("only", nargs="*", help="fields to measure, such as Role.skills; all without it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder, 'weights.sqlite3')}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        os.environ.pop("REDIS_URL", None)
        return measure(set(given.only))


def measure(only: set[str]) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    from graphql_api.checks import weights
    from tests.api import Api, gid
    from tests.benchmarks.weighed_community import Weighed

    weights.TEXTS.clear()  # they are counted for the bytes of the answer

    setup_test_environment()
    call_command("migrate", verbosity=0)
    community = Weighed()
    rows = (community.conversations[0], community.opportunities[0], community.roles[0], community.hosts[0])
    ids = {f"@{type(row).__name__}": gid(row) for row in rows}

    def written(text: str) -> str:
        for kind in sorted(ids, key=len, reverse=True):
            text = text.replace(kind, ids[kind])
        return text

    print(f"{'field':48} {'ms':>9} {'points':>9}  points are … times the time")
    apart = 0

    def api_for(document: str) -> Api:
        """Return a client of whom the document has something to tell; an access token does not live long."""
        return Api(Client(), community.volunteer if "recommendedOpportunities" in document else community.viewer)

    for field, without, with_it in documents(only):
        api = api_for(with_it)
        if f'"{field.partition(".")[2]}"' not in json.dumps(api.ask(written(with_it))):
            raise SystemExit(f"{field} cannot be measured: nothing has it in {written(with_it)}")
        base = spent(api, written(without))
        milliseconds = max(spent(api, written(with_it)) - base, 0.0)
        points = cost(written(with_it)) - cost(written(without))
        apart += report(field, milliseconds, points, max(TOO_SHORT, TOO_SMALL * base))
    for name, document in contract():
        report(name, spent(api_for(document), document), cost(document))
    print(f"{apart} fields are more than {MAX_TIMES:.0f} times apart.")
    return int(apart > 0)


def documents(only: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each field that can be asked for, with a document without it and one with it."""
    from graphql import get_named_type, is_leaf_type

    from graphql_api.checks.weights import FIELDS, LISTS
    from graphql_api.schema import schema

    types: Any = schema._schema.type_map
    for field in sorted(FIELDS.keys() | LISTS.keys()):
        type_name, name = field.split(".")
        path = PATHS.get(type_name)
        if path is None or (only and field not in only):
            continue
        if type_name == "User" and name in OWN:
            path = "me { %s }"
        named = get_named_type(types[type_name].fields[name].type)
        below = "" if is_leaf_type(named) else "{ __typename }"
        if named.name.endswith("Connection"):
            below = "{ edges { node { __typename } } }"
        asked = f"{name}{ARGUMENTS.get(field, '')} {below}"
        yield field, "{ " + path % "__typename" + " }", "{ " + path % f"__typename {asked}" + " }"


def contract() -> Iterator[tuple[str, str]]:
    """Yield the queries of the contract that can be asked without more, at their largest pages."""
    from graphql import OperationDefinitionNode, parse, print_ast, separate_operations, validate

    from graphql_api.schema import schema
    from tests.shared_data import OPERATIONS

    if not OPERATIONS.exists():
        return
    for name, document in separate_operations(parse(OPERATIONS.read_text())).items():
        operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
        needed = [one for one in operation.variable_definitions or () if one.type.kind == "non_null_type"]
        if operation.operation.value == "query" and not needed and not validate(schema._schema, document):
            yield name, print_ast(document).replace("$first: Int", "$first: Int = 50")


def cost(document: str) -> int:
    from graphql import parse

    from graphql_api.checks.limits import check
    from graphql_api.schema import schema

    return check(parse(document), schema._schema, {})


def spent(api: Any, document: str) -> float:
    """Return the least time of the processor that the document took, in milliseconds."""
    api.ask(document)
    times = []
    for _ in range(REPEATS):
        gc.collect()
        began = time.process_time()
        api.ask(document)
        times.append(1000 * (time.process_time() - began))
    return min(times)


def report(field: str, milliseconds: float, points: int, too_short: float = TOO_SHORT) -> bool:
    """Print a line; tell whether time and weight are too far apart."""
    ratio = points / POINTS_PER_MS / max(milliseconds, 0.01)
    is_apart = max(milliseconds, points / POINTS_PER_MS) > too_short and not 1 / MAX_TIMES <= ratio <= MAX_TIMES
    print(f"{field:48} {milliseconds:9.2f} {points:9,}  {ratio:6.2f} {'<-- apart' if is_apart else ''}")
    return is_apart


if __name__ == "__main__":
    sys.exit(main())
