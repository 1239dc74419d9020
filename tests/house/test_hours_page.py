"""The page about hours says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from graphql import parse, validate

from domains.opportunities.models import HoursStatus
from domains.opportunities.services.hours_rules import MAX_AFTER, MAX_BEFORE
from domains.opportunities.services.propose_hours import MIN_LENGTH
from domains.opportunities.services.remove_proposals import PROPOSAL_LIFETIME
from graphql_api.schema import schema

PAGE = Path(settings.BASE_DIR, "docs", "hours.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())


@pytest.mark.parametrize(
    "words",
    [
        f"hours that end more than {MAX_AFTER.days} days after it",
        f"or {PROPOSAL_LIFETIME.days} days after the stay",
        "Hours that begin more than a day before the opportunity",
        "stays of less than a minute",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in TEXT
    assert (MAX_BEFORE.days, MIN_LENGTH.total_seconds()) == (1, 60)


def test_the_api_says_the_same_of_how_long_proposals_stay() -> None:
    described = schema.get_type_by_name("HoursStatus").values  # type: ignore[union-attr]
    proposed = next(value for value in described if value.name == "PROPOSED")
    assert f"within {PROPOSAL_LIFETIME.days} days" in (proposed.description or "")


def test_every_status_has_its_row() -> None:
    assert set(re.findall(r"^\| ([A-Z]+) \|", PAGE, re.MULTILINE)) == set(HoursStatus.values)


@pytest.mark.parametrize("document", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_are_served(document: str) -> None:
    assert validate(schema._schema, parse(document)) == []
