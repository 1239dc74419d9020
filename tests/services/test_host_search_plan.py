"""Among 20,000 hosts a search reads the index of their words, and a page deep in the list that of their names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from domains.base.texts import split_words
from domains.opportunities.models import OpportunityHost
from domains.opportunities.selectors import find_hosts

pytestmark = [pytest.mark.services, pytest.mark.django_db, pytest.mark.xdist_group("plans")]

HOSTS = 20_000


@pytest.fixture(scope="module")
def _hosts(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        OpportunityHost.objects.bulk_create(
            OpportunityHost(
                organization_name=f"Tool-library{number:05} of row{number % 100:02}", zip_code=f"{number % 500:05}"
            )
            for number in range(HOSTS)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE opportunities_opportunityhost")
        yield
        transaction.set_rollback(True)


def indexes(rows: Any) -> set[str]:
    """Return the names of the indexes that the statement reads; it reads nothing else."""
    found, waiting = set(), [json.loads(rows.explain(format="json", analyze=True))[0]["Plan"]]
    while waiting:
        step = waiting.pop()
        waiting += step.get("Plans", ())
        assert step["Node Type"] != "Seq Scan", step
        found |= {step["Index Name"]} if "Index Name" in step else set()
    return found


@pytest.mark.usefixtures("_hosts")
@pytest.mark.parametrize(("query", "number"), [("library01234", 1), ("tool LIBRARY0123", 10)])
def test_words_are_found_by_their_index(query: str, number: int) -> None:
    rows = find_hosts(viewer=None, words=split_words(query))
    assert rows.count() == number
    assert indexes(rows[:21]) == {"opportunities_host_words"}


@pytest.mark.usefixtures("_hosts")
def test_a_page_anywhere_in_the_list_is_read_from_an_index_in_its_order() -> None:
    everywhere = find_hosts(viewer=None).filter(organization_name__gte="Tool-library15000")
    assert indexes(everywhere[:21]) == {"opportunities_host_by_name"}
    assert indexes(find_hosts(viewer=None, zip_code="00042")[:21]) == {"opportunities_host_by_zip"}
