"""Pages of opportunities: keyset cursors that lose and repeat nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api import Api
from tests.factories import OpportunityFactory, OpportunityHostFactory
from tests.graphql_api.opportunities.documents import OPPORTUNITIES
from tests.sql import statements_of

ROWS = 50


@pytest.fixture
def ids(db: None) -> list[int]:
    """The keys of fifty opportunities that begin at the same moment."""
    start, host = timezone.now() + timedelta(days=3), OpportunityHostFactory()
    return [OpportunityFactory(start_date=start, host=host, title="Same", created_at=start).pk for _ in range(ROWS)]


def page(api: Api, **arguments: Any) -> Any:
    return api.ask(OPPORTUNITIES, **arguments)["opportunities"]


def nodes(part: Any) -> list[str]:
    return [edge["node"]["id"] for edge in part["edges"]]


@pytest.mark.parametrize("column", ["startDate", "createdAt", "title"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_walking_forward_and_backward_meets_each_row_once(
    api: Api, ids: list[int], column: str, direction: str
) -> None:
    ordering = [{column: direction}]
    whole = nodes(page(api, ordering=ordering, first=100))
    assert len(set(whole)) == ROWS
    forward: list[str] = []
    part = page(api, ordering=ordering, first=7)
    while True:
        forward += nodes(part)
        if not part["pageInfo"]["hasNextPage"]:
            break
        part = page(api, ordering=ordering, first=7, after=part["pageInfo"]["endCursor"])
    assert forward == whole
    backward: list[str] = []
    part = page(api, ordering=ordering, last=7)
    while True:
        backward = nodes(part) + backward
        if not part["pageInfo"]["hasPreviousPage"]:
            break
        part = page(api, ordering=ordering, last=7, before=part["pageInfo"]["startCursor"])
    assert backward == whole


def test_a_page_has_twenty_rows_without_asking_and_the_count_is_of_the_whole_list(api: Api, ids: list[int]) -> None:
    first = page(api)
    assert (len(first["edges"]), first["totalCount"]) == (20, ROWS)
    second = page(api, after=first["pageInfo"]["endCursor"])
    assert second["totalCount"] == ROWS
    assert not set(nodes(first)) & set(nodes(second))


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 0},
        {"first": -1},
        {"first": 101},
        {"last": 0},
        {"last": 101},
        {"first": 5, "last": 5},
        {"after": "nonsense"},
        {"before": "b3JkZXJlZGN1cnNvcjpbXQ=="},
    ],
)
def test_a_page_that_cannot_be_is_refused_before_any_sql(api: Api, arguments: dict[str, Any]) -> None:
    asked: list[str] = []
    statements = statements_of(lambda: asked.append(api.error_code(OPPORTUNITIES, **arguments)))
    assert (asked, statements) == (["BAD_USER_INPUT"], [])
