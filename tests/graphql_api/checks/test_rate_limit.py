"""What documents cost: each answer says so, who cannot pay is told when to come back, a crowd is counted exactly."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from strawberry.types.execution import PreExecutionError

from domains.accounts import tokens
from domains.accounts.models import Session, SignUpAttempt, User
from domains.base.errors import RateLimited
from domains.base.token_bucket import TokenBucket
from graphql_api.checks import rate_limit
from graphql_api.checks.limits import MAX_COST
from graphql_api.checks.rate_limit import MIN_COST, REFUSAL_COST
from graphql_api.context import Context
from graphql_api.edge.operations import Operations
from tests.factories import UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

OK = "{ __typename }"
LIST = "{ opportunities(first: 50) { edges { node { title } } } }"
SIGN_UPS = """
mutation { one: signUp(input: {email: "one@example.org", password: "a long enough password", displayName: "One"}) {
    __typename ...Why }
  two: signUp(input: {email: "two@example.org", password: "a long enough password", displayName: "Two"}) { ...Why } }
fragment Why on OperationInfo { messages { code message field } }
"""
FOLLOW = 'subscription { conversationEvents(conversationId: "x") { __typename } }'
ENOUGH = 10 * REFUSAL_COST
RESPONSE_JSON = "application/graphql-response+json"


def post(document: Any, body: Any = None, **headers: str) -> Any:
    return Client().post(
        "/graphql/", {"query": document, **(body or {})}, content_type="application/json", headers=headers
    )


def cost_of(response: Any) -> dict[str, int]:
    cost: dict[str, int] = response.json()["extensions"]["cost"]
    return cost


def token_of(user: User) -> dict[str, str]:
    session = Session.objects.create(user=user)
    return {"Authorization": f"Bearer {tokens.issue_tokens(session).access_token}"}


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes the buckets hold so much, and hardly refill."""

    def hold(capacity: int) -> None:
        monkeypatch.setattr(rate_limit, "bucket", TokenBucket("test", capacity=capacity, rate=1e-9))

    return hold


def test_a_bucket_holds_ten_of_the_greatest_documents_and_gets_one_back_each_second() -> None:
    assert (rate_limit.bucket.capacity, rate_limit.bucket.rate) == (10 * MAX_COST, MAX_COST)


def test_each_answer_says_what_it_cost_and_what_is_left(holding: Callable[[int], None]) -> None:
    holding(100_000)
    first = cost_of(post(LIST))
    assert first["requested"] > MIN_COST
    assert first["available"] == 100_000 - first["requested"]
    assert cost_of(post(OK)) == {
        "requested": MIN_COST,
        "available": first["available"] - MIN_COST,
        "restoreRate": 0,
    }
    assert cost_of(Client().get("/graphql/", {"query": OK}))["requested"] == MIN_COST
    assert cost_of(post(SIGN_UPS))["requested"] >= MIN_COST


@pytest.mark.parametrize(
    ("document", "body"),
    [
        ("{", {}),
        ("{ nope }", {}),
        ("{ a { b { c { d { e { f { g { h { i { j { k } } } } } } } } } } }", {}),
        ("{ " + " ".join(f"a{number}: __typename" for number in range(31)) + " }", {}),
        ("{ " + "a " * 2_000 + "}", {}),
        ("query A { __typename } query B { __typename }", {}),
        ('{ __typename @skip(if: "\\u0000") }', {}),
        ("subscription { conversationEvents(conversationId: 1) { __typename } }", {}),
        (LIST.replace("50", "$n").replace("{", "query($n: Int!) {", 1), {"variables": {"n": "many"}}),
        (OK, {"operationName": "Other"}),
        (None, {}),
        ("", {}),
        (OK, {"variables": []}),
        ("#" * 15_001, {}),
    ],
)
def test_what_is_refused_before_it_is_executed_costs_the_same_small_price(
    document: str, body: dict[str, Any], holding: Callable[[int], None]
) -> None:
    holding(ENOUGH)
    response = post(document, body)
    assert response.json()["errors"], response.content
    assert cost_of(response) == {"requested": REFUSAL_COST, "available": ENOUGH - REFUSAL_COST, "restoreRate": 0}


def test_a_mutation_by_get_and_a_stale_token_cost_it_too(holding: Callable[[int], None]) -> None:
    holding(ENOUGH)
    by_get = Client().get("/graphql/", {"query": SIGN_UPS})
    assert (by_get.status_code, cost_of(by_get)["available"]) == (405, ENOUGH - REFUSAL_COST)
    stale = post(OK, Authorization="Bearer stale")
    assert stale.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert cost_of(stale)["available"] == ENOUGH - 2 * REFUSAL_COST


@pytest.mark.parametrize("refused", ["{", "{ nope }", None, "#" * 15_001])
def test_a_flood_of_refusals_ends(refused: str | None, holding: Callable[[int], None]) -> None:
    holding(2 * REFUSAL_COST + 1)
    answers = [post(refused) for _ in range(4)]
    assert "RATE_LIMITED" not in {answer.json()["errors"][0]["extensions"]["code"] for answer in answers[:2]}
    for answer in answers[2:]:
        limited(answer)


def limited(response: Any) -> None:
    assert response.status_code == 429
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert int(response["Retry-After"]) == error["extensions"]["retryAfter"] >= 1
    assert "wait" in error["message"]
    assert "data" not in response.json()
    assert cost_of(response)["requested"] >= MIN_COST


@pytest.mark.parametrize("accept", ["application/json", RESPONSE_JSON])
def test_a_query_that_cannot_be_paid_is_429_and_says_when_to_come_back(
    accept: str, holding: Callable[[int], None], django_assert_num_queries: Any
) -> None:
    holding(MIN_COST - 1)
    with django_assert_num_queries(0):
        response = post(LIST, Accept=accept)
    limited(response)
    assert response["Content-Type"].startswith(accept)
    limited(Client().get("/graphql/", {"query": OK}))


def test_the_wait_is_as_long_as_the_bucket_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "bucket", TokenBucket("test", capacity=10 * MIN_COST, rate=MIN_COST / 20))
    assert [post(OK).status_code for _ in range(10)] == [200] * 10
    assert 1 <= int(post(OK)["Retry-After"]) <= 20


@pytest.mark.parametrize("accept", ["application/json", RESPONSE_JSON])
def test_a_mutation_that_cannot_be_paid_says_so_in_each_of_its_fields_and_does_nothing(
    accept: str, holding: Callable[[int], None]
) -> None:
    holding(MIN_COST - 1)
    response = post(SIGN_UPS, Accept=accept)
    answer = response.json()
    assert (response.status_code, "errors" in answer) == (200, False), answer
    assert list(answer["data"]) == ["one", "two"]
    assert answer["data"]["one"]["__typename"] == "OperationInfo"
    for payload in answer["data"].values():
        assert [(message["code"], message["field"]) for message in payload["messages"]] == [("RATE_LIMITED", None)]
        assert "wait" in payload["messages"][0]["message"]
    assert int(response["Retry-After"]) >= 1
    assert answer["extensions"]["cost"]["available"] == MIN_COST - 1
    assert not User.objects.exists()
    assert not SignUpAttempt.objects.exists()


def test_fifty_at_once_are_counted_exactly(holding: Callable[[int], None]) -> None:
    holding(10 * MIN_COST)
    answers: list[Any] = at_once(lambda _: post(OK), 50)
    statuses = Counter(response.status_code for response in answers)
    assert statuses == {200: 10, 429: 40}


def test_each_person_has_a_bucket_wherever_they_are(holding: Callable[[int], None], settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    holding(MIN_COST)
    one, other = token_of(UserFactory()), token_of(UserFactory())
    assert post(OK, **one).status_code == 200
    limited(post(OK, **one, X_Forwarded_For="203.0.113.9"))
    assert post(OK, **other).status_code == 200
    assert post(OK).status_code == 200, "strangers at the same address have another"


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.9", "::ffff:203.0.113.9", True),
    ],
)
def test_strangers_share_a_bucket_by_network(
    first: str, second: str, is_same: bool, holding: Callable[[int], None], settings: Any
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    holding(MIN_COST)
    assert post(OK, X_Forwarded_For=first).status_code == 200
    assert post(OK, X_Forwarded_For=second).status_code == (429 if is_same else 200)


def test_a_limit_of_a_service_says_when_to_come_back_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise RateLimited(17)

    monkeypatch.setattr("domains.accounts.services.log_in", refuse)
    refused = "{ ... on OperationInfo { messages { code } } }"
    response = post(f'mutation {{ logIn(input: {{email: "a@b.example", password: "x"}}) {refused} }}')
    assert response.json()["data"] == {"logIn": {"messages": [{"code": "RATE_LIMITED"}]}}
    assert (response.status_code, response["Retry-After"]) == (200, "17")


def test_a_limit_of_a_service_that_a_query_asks_is_an_error_that_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise RateLimited(17)

    monkeypatch.setattr("domains.opportunities.selectors.find_opportunities", refuse)
    response = post("{ opportunities { totalCount } }")
    (error,) = response.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["retryAfter"]) == ("RATE_LIMITED", 17)
    assert (response.status_code, response["Retry-After"]) == (200, "17")


def test_pages_of_other_origins_may_read_when_to_come_back(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    exposed = post(OK, Origin="https://app.example.org")["Access-Control-Expose-Headers"]
    assert {"retry-after", "x-request-id"} <= {name.strip().lower() for name in exposed.split(",")}


def test_a_benchmark_may_switch_it_off(settings: Any, holding: Callable[[int], None]) -> None:
    holding(MIN_COST)
    settings.RATE_LIMITS = False
    assert [cost_of(post(OK))["available"] for _ in range(3)] == [MIN_COST] * 3


def test_a_file_is_charged_like_any_document(holding: Callable[[int], None]) -> None:
    holding(ENOUGH)
    broken = Client().post("/graphql/", {"operations": "{", "map": "{}"}, headers={"X-Requested-With": "tests"})
    assert cost_of(broken)["available"] == ENOUGH - REFUSAL_COST
    assert json.loads(broken.content)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def over_a_socket(document: str) -> Any:
    """Return the first result of an operation that a stranger's socket begins."""
    context = Context(request=None, request_id="-", ip_address="203.0.113.9")
    results: Any = await Operations().stream(document, context_value=context)
    async with contextlib.aclosing(results):
        return await anext(results)


async def test_an_operation_of_a_socket_costs_the_same(holding: Callable[[int], None]) -> None:
    holding(ENOUGH)
    cost = {"requested": MIN_COST, "available": ENOUGH - MIN_COST, "restoreRate": 0}
    assert (await over_a_socket(OK)).extensions == {"cost": cost}
    begun = await over_a_socket(FOLLOW)
    assert begun.errors[0].extensions["code"] == "UNAUTHENTICATED", "it was begun, and paid for"
    refused = (await over_a_socket("{ nope }")).extensions["cost"]
    assert refused["requested"] == REFUSAL_COST
    assert refused["available"] <= ENOUGH - 2 * MIN_COST - REFUSAL_COST


@pytest.mark.parametrize("document", [OK, FOLLOW, "{ nope }", "{"])
async def test_an_operation_of_a_socket_that_cannot_be_paid_says_when_to_come_back(
    document: str, holding: Callable[[int], None]
) -> None:
    holding(MIN_COST - 1)
    refused = await over_a_socket(document)
    assert isinstance(refused, PreExecutionError)
    errors: Any = refused.errors
    (error,) = errors
    assert (error.extensions["code"], error.extensions["retryAfter"] > 0) == ("RATE_LIMITED", True)


async def test_a_mutation_over_a_socket_says_it_in_its_fields(holding: Callable[[int], None]) -> None:
    holding(MIN_COST - 1)
    result = await over_a_socket(SIGN_UPS)
    assert {payload["messages"][0]["code"] for payload in result.data.values()} == {"RATE_LIMITED"}
