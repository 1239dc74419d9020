"""The page about safety says what the code says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from django.conf import settings
from graphql import parse, validate

import domains.accounts.services
import domains.messaging.services
import domains.moderation.services
from domains.messaging.policies import NO_CONTEXT
from domains.moderation.models import ReportReason
from domains.moderation.transitions import MOVES
from graphql_api.schema import schema

PAGE = Path(settings.BASE_DIR, "docs", "safety.md").read_text()
SERVICES = (domains.accounts.services, domains.messaging.services, domains.moderation.services)


def test_the_table_of_moves_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| ([A-Z]+) \| ([A-Z, ]+) \|$", PAGE, re.MULTILINE)
    assert {before: set(after.split(", ")) for before, after in rows} == {
        before.value: {status.value for status in after} for before, after in MOVES.items()
    }


def test_the_rates_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)`.* \| (\d+) in (\d+) seconds(?:, .*)? \|$", PAGE, re.MULTILINE)
    assert len(rows) >= 11
    for act, limit, seconds in rows:
        name = re.sub(r"([A-Z])", r"_\1", act).lower()
        (package,) = [one for one in SERVICES if hasattr(one, name)]
        module = sys.modules[f"{package.__name__}.{name}"]
        given = vars(module)
        coded = (
            given.get("RATE_LIMIT", given.get("MAX_UPLOADS_PER_HOUR")),
            given.get("RATE_SECONDS", given.get("HOUR_SECONDS")),
        )
        assert (int(limit), int(seconds)) == coded, act


@pytest.mark.parametrize("document", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_are_served(document: str) -> None:
    assert validate(schema._schema, parse(document)) == []


def test_every_reason_is_named() -> None:
    for reason in ReportReason.values:
        assert reason in PAGE


def test_the_sentence_is_that_of_the_code() -> None:
    assert NO_CONTEXT in " ".join(PAGE.split())
