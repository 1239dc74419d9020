"""Many at once record the same listing: one row, one CREATED, and no error."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, connections

from domains.opportunities.models import Listing, Opportunity
from domains.opportunities.services.record_listing import FoundListing, record_listing
from domains.opportunities.services.record_source import record_source

RIVALS = 8


def _race() -> Counter[str]:
    """The outcomes of eight threads that record the same listing at the same moment."""
    found = FoundListing(
        title="Plant trees",
        description="Bring gloves and friends.",
        start_date=datetime(2027, 5, 1, 16, tzinfo=UTC),
        end_date=datetime(2027, 5, 1, 19, tzinfo=UTC),
        external_id="trees",
        url="https://helpers.example/trees",
    )
    source = record_source(kind="ICALENDAR", url="https://helpers.example/feed.ics", name="Helpers")
    start = Barrier(RIVALS)

    def rival(_: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=10)
            return record_listing(source_id=source, listing=found)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RIVALS) as rivals:
        return Counter(rivals.map(rival, range(RIVALS)))


@pytest.mark.django_db(transaction=True)
def test_one_row_wins_whoever_records_it_first():
    assert _race() == {"CREATED": 1, "UNCHANGED": RIVALS - 1}
    assert (Listing.objects.count(), Opportunity.objects.count()) == (1, 1)
