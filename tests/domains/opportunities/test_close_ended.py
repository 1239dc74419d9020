"""What is over is closed by the clock, and is none of the open ones before that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from domains.opportunities.models import Opportunity, OpportunityStatus
from domains.opportunities.selectors import OpportunityFilters, Order, find_opportunities
from domains.opportunities.services import close_ended as service
from domains.opportunities.tasks import close_ended_opportunities
from tests.factories import OpportunityFactory
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

PAGE = "query Page($after: String) { opportunities(first: 2, after: $after) { edges { cursor node { title } } } }"


def over(**named: Any) -> Opportunity:
    return OpportunityFactory(start_date=timezone.now() - timedelta(days=2), **named)


def test_what_is_over_is_closed_with_a_reason_and_the_rest_stays() -> None:
    ended, coming = over(), OpportunityFactory()
    going_on = OpportunityFactory(
        start_date=timezone.now() - timedelta(days=2), end_date=timezone.now() + timedelta(days=1)
    )
    others = [over(status=status) for status in ("DRAFT", "CANCELLED", "CLOSED")]
    close_ended_opportunities()
    status = dict(Opportunity.objects.values_list("pk", "status"))
    assert (status[ended.pk], status[coming.pk], status[going_on.pk]) == ("CLOSED", "OPEN", "OPEN")
    assert [status[other.pk] for other in others] == ["DRAFT", "CANCELLED", "CLOSED"]
    ended.refresh_from_db()
    assert ended.closed_reason == "It is over."


def test_it_goes_in_batches_and_a_second_run_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH_SIZE", 2)
    for _ in range(5):
        over()
    assert service.close_ended() == 5
    before = list(Opportunity.objects.order_by("pk").values())
    assert service.close_ended() == 0
    assert list(Opportunity.objects.order_by("pk").values()) == before


def test_between_two_runs_what_is_over_is_none_of_the_open_ones() -> None:
    ended, coming = over(), OpportunityFactory()
    assert list(find_opportunities(viewer=None, filters=OpportunityFilters())) == [coming]
    assert list(find_opportunities(viewer=None, filters=OpportunityFilters(status=OpportunityStatus.OPEN))) == [coming]
    assert list(find_opportunities(viewer=None, filters=OpportunityFilters(status=OpportunityStatus.CLOSED))) == []
    service.close_ended()
    assert list(find_opportunities(viewer=None, filters=OpportunityFilters(status=OpportunityStatus.CLOSED))) == [ended]


def test_pages_of_the_open_ones_go_over_what_is_over_without_a_hole(api: Any) -> None:
    for day in range(-3, 4):  # the odd days last for weeks
        start = timezone.now() + timedelta(days=day, hours=-1)
        OpportunityFactory(
            title=f"day {day}", start_date=start, end_date=start + timedelta(days=30 * (day % 2), minutes=30)
        )
    seen: list[str] = []
    cursor = None
    while edges := api.ask(PAGE, after=cursor)["opportunities"]["edges"]:
        seen += [edge["node"]["title"] for edge in edges]
        cursor = edges[-1]["cursor"]
    assert seen == ["day -3", "day -1", "day 1", "day 2", "day 3"]


@pytest.mark.parametrize("column", ["start_date", "created_at"])
def test_the_index_still_gives_the_order(column: str) -> None:
    OpportunityFactory.create_batch(3)
    page = find_opportunities(viewer=None, filters=OpportunityFilters(), ordering=[Order(column)])[:2]
    assert len(statements_of(lambda: list(page))) == 1
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = page.explain()
    assert {"start_date": "opportunities_by_start", "created_at": "opportunities_by_creation"}[column] in plan
    assert "SORT" not in plan.upper()
    assert "TEMP B-TREE" not in plan.upper()
