"""The page about events says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from graphql import parse, validate

from domains.events.door import CLOSED_AFTER, OPEN_BEFORE, OUTCOMES
from domains.events.models import TicketStatus
from domains.events.selectors.calendars import CANCELLED_SHOWN, MAX_ENTRIES, PAST
from domains.events.services.drafts import DEFAULT_LENGTH
from domains.events.services.sync_check_ins import MAX_AHEAD, MAX_SCANS
from domains.events.tokens import LINK_LIFETIME
from graphql_api.schema import schema

PAGE = Path(settings.BASE_DIR, "docs", "events.md").read_text(encoding="utf-8")
HOUR, MINUTE = 3600, 60


@pytest.mark.parametrize(
    "words",
    [
        "Without `endDate` it lasts two hours",
        f"for {settings.OFFER_LIFETIME.total_seconds() / HOUR:.0f} hours at most",
        f"more than {OPEN_BEFORE.total_seconds() / HOUR:.0f} hours before `eventDate`",
        f"works for {LINK_LIFETIME.total_seconds() / MINUTE:.0f} minutes",
        f"Up to {MAX_SCANS:,} scans at a time",
        f"at most {MAX_AHEAD.total_seconds() / MINUTE:.0f} minutes ahead of the server",
        f"holds {MAX_ENTRIES} entries at most",
        f"It goes back {PAST.days} days",
        f"in the last {CANCELLED_SHOWN.days} days",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in " ".join(PAGE.split())
    assert CLOSED_AFTER == OPEN_BEFORE
    assert DEFAULT_LENGTH.total_seconds() == 2 * HOUR


def test_the_outcomes_stand_in_the_order_in_which_they_are_decided() -> None:
    table = PAGE[PAGE.index("| outcome | when |") : PAGE.index("Every attempt is a row")]
    assert re.findall(r"`([A-Z_]{5,})`", table) == [outcome.value for outcome, _ in OUTCOMES]


def test_every_status_of_a_ticket_is_explained() -> None:
    table = PAGE[PAGE.index("| status | what it means") : PAGE.index("A full event answers")]
    assert re.findall(r"^\| ([A-Z]+) \|", table, re.MULTILINE) == [status.value for status in TicketStatus]


@pytest.mark.parametrize(
    "document", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL), ids=lambda one: one.split("(")[0]
)
def test_its_documents_fit_the_schema(document: str) -> None:
    assert validate(schema._schema, parse(document)) == []
