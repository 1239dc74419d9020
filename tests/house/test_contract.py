"""The API contract: what it names is served, or listed as still to come."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from graphql import build_schema, parse, separate_operations, validate

from graphql_api.schema import schema
from tests.shared_data import need_operations


@pytest.fixture
def operations() -> Path:
    return need_operations()


def test_every_operation_is_served_or_listed_as_still_to_come(operations: Path) -> None:
    printed = build_schema(schema.as_str())
    asked = separate_operations(parse(operations.read_text()))
    missing = {name for name, document in asked.items() if validate(printed, document)}
    roadmap = Path(settings.BASE_DIR, "docs", "roadmap.md").read_text()
    listed = {
        word for row in re.findall(r"^\| [a-z, ]+ \| ([A-Z].*) \|$", roadmap, re.MULTILINE) for word in row.split()
    }
    assert missing == listed
