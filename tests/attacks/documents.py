"""Attacks that are one request: long lists, wide documents, numbers that are none."""

from __future__ import annotations

import json

from tests.attacks.attack import MIB, TIMES, Attack, Outcome, Town

#: What a refusal may cost: milliseconds of processor time.
REFUSED = 20.0
REFUSALS = ("LIMIT_EXCEEDED", "BAD_USER_INPUT", "TOO_LONG", "UNAUTHENTICATED", "INVALID")


def aliased(field: str, times: int) -> str:
    """Return the field so many times, each under a name of its own."""
    return " ".join(f"a{number}: {field}" for number in range(times))


def mutation(name: str) -> str:
    """Return a document that calls the mutation with the variable `i`."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($i: {kind}!) {{ {name}(input: $i) {{ ... on OperationInfo {{ messages {{ code }} }} }} }}"


def long_ordering(town: Town) -> Outcome:
    document = f"query ($o: [OpportunityOrder!]) {{ {aliased('opportunities(ordering: $o) { totalCount }', 30)} }}"
    return town.refusal(lambda: town.post(document, {"o": [{"startDate": "ASC"}] * 45_000}), *REFUSALS)


def long_filter(town: Town) -> Outcome:
    field = "opportunities(filters: {skillIds: $ids}) { totalCount }"
    document = f"query ($ids: [ID!]) {{ {aliased(field, 30)} }}"
    return town.refusal(lambda: town.post(document, {"ids": ["U2tpbGw6MQ=="] * 38_000}), *REFUSALS)


def many_roles(town: Town) -> Outcome:
    document = mutation("createOpportunity")
    role = {"title": "Cook", "description": "", "slotsAvailable": 1}
    given = {"hostId": town.ids["host"], "title": "T", "description": "D", "roles": [role] * 15_000}
    return town.refusal(lambda: town.post(document, {"i": given}), *REFUSALS)


def many_skills(town: Town) -> Outcome:
    document = mutation("acceptResumeSkills")
    given = {"resumeId": town.ids["resume"], "skillIds": ["U2tpbGw6MQ=="] * 30_000}
    return town.refusal(lambda: town.post(document, {"i": given}, signed_in=True), *REFUSALS)


def many_values(town: Town) -> Outcome:
    """Variables that no field uses, in the shape that takes the most values per byte."""
    body = json.dumps({"query": "query ($x: [Int]) { __typename }", "variables": {"x": [1] * 300_000}})
    return town.refusal(lambda: town.post_body(body.encode()), *REFUSALS)


def long_answer(town: Town) -> Outcome:
    document = f"{{ {aliased(town.pages_of_roles(100), 12)} }}"
    reply, cpu = town.cost_of(lambda: town.post(document), times=3)
    return Outcome(" ".join(sorted(reply.codes)) or "answered", len(reply.body), cpu)


def longest_page(town: Town) -> Outcome:
    """One page of the largest rows there are."""
    document = f"{{ {town.pages_of_roles(100)} }}"
    reply, cpu = town.cost_of(lambda: town.post(document), times=3)
    return Outcome(" ".join(sorted(reply.codes)) or "answered", len(reply.body), cpu)


def page_size_as_float(town: Town) -> Outcome:
    document = "query ($n: Int) { opportunities(first: $n) { edges { node { id roles { id } } } } }"
    costs = {}
    for number in ("100", "100.0", "1e2"):
        body = f'{{"query": {json.dumps(document)}, "variables": {{"n": {number}}}}}'
        answer = json.loads(town.post_body(body.encode()).body)
        costs[number] = answer.get("extensions", {}).get("cost", {}).get("requested")
    faults = [] if len(set(costs.values())) == 1 and costs["100"] else [f"the costs differ: {costs}"]
    return Outcome(f"costs {costs['100']} in each spelling", faults=faults)


def many_recommendations(town: Town) -> Outcome:
    document = f"{{ {aliased('recommendedOpportunities(first: 50) { score }', 30)} }}"
    return town.refusal(lambda: town.post(document, signed_in=True), "LIMIT_EXCEEDED")


def many_aliases(town: Town) -> Outcome:
    document = f"{{ {aliased('skills(first: 100) { edges { node { aliases } } }', 20)} }}"
    return town.refusal(lambda: town.post(document), "LIMIT_EXCEEDED")


def endless_digits(town: Town) -> Outcome:
    document = f"{{ opportunities(first: {'7' * 5_000}) {{ totalCount }} }}"
    return town.refusal(lambda: town.post(document), "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "LIMIT_EXCEEDED")


def blocks_of_others(town: Town) -> Outcome:
    document = f'{{ node(id: "{town.ids["user"]}") {{ ... on User {{ blockedUsers {{ totalCount }} }} }} }}'
    reply, cpu = town.cost_of(lambda: town.post(document), TIMES)
    return Outcome("answered", len(reply.body), cpu, ["INTERNAL"] if "INTERNAL" in reply.codes else [])


def many_documents(town: Town) -> Outcome:
    """Documents that differ, so that a cache without a bound keeps them all; what bounded ones hold is there before."""

    def send(numbers: range) -> None:
        for number in numbers:
            town.post(f"{{ n{number}: __typename # {'x' * 13_000}\n }}")

    send(range(1_000))
    before = town.server.memory()
    send(range(1_000, 3_000))
    return Outcome("2,000 documents of 13 kB", town.server.memory() - before)


ATTACKS = [
    Attack("45,000 orderings, used 30 times", long_ordering, max_cpu=REFUSED),
    Attack("38,000 skills in a filter, used 30 times", long_filter, max_cpu=REFUSED),
    Attack("15,000 roles by a stranger", many_roles, max_cpu=REFUSED),
    Attack("30,000 skills of a resume", many_skills, max_cpu=REFUSED),
    Attack("300,000 values in a variable", many_values, max_cpu=REFUSED),
    Attack("every role of 100 opportunities, 12 times", long_answer, max_cpu=1_000),
    Attack("every role of 100 opportunities", longest_page, max_cpu=1_000),
    Attack("`first` as 100, 100.0 and 1e2", page_size_as_float),
    Attack("30 recommendations of 50", many_recommendations, max_cpu=REFUSED),
    Attack("aliases of 100 skills, 20 times", many_aliases, max_cpu=REFUSED),
    Attack("an Int of 5,000 digits", endless_digits, max_cpu=REFUSED),
    Attack("whom somebody else has blocked", blocks_of_others, max_cpu=REFUSED),
    Attack("2,000 documents, each another (growth)", many_documents, max_bytes=13 * MIB),
]
