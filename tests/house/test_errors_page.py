"""The page about errors lists every code there is, and the enums of the schema list every code that is raised."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from graphql import parse, validate

from domains.base.errors import VALIDATOR_CODES, Problem, Refused
from graphql_api.errors import as_operation_info
from graphql_api.operation_info import ErrorCode
from graphql_api.schema import schema

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "errors.md").read_text()
#: The codes of the top level, as the modules write them that answer with one.
TOP_LEVEL = re.compile(
    r'"(UNAUTHENTICATED|FORBIDDEN|NOT_FOUND|BAD_USER_INPUT|(?:GRAPHQL|LIMIT|RATE|PERSISTED|INTERNAL)[A-Z_]*)"'
)


def rows(section: str) -> dict[str, tuple[str, str]]:
    """Return by code what the table of a section says that it means, and what to do."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return {
        code: (means, do) for code, means, do in re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$", text, re.MULTILINE)
    }


def values(name: str) -> dict[str, str]:
    """Return by value what the schema says of an enum."""
    shown: Any = schema._schema.type_map[name]
    return {code: value.description for code, value in shown.values.items()}


@pytest.mark.parametrize(
    ("section", "enum"),
    [
        ("Codes of refused mutations", "ErrorCode"),
        ("Why somebody cannot apply", "EligibilityCode"),
        ("Why a resume could not be read", "ResumeFailureCode"),
    ],
)
def test_the_page_says_of_each_code_what_the_schema_says(section: str, enum: str) -> None:
    assert {code: means for code, (means, _) in rows(section).items()} == values(enum)


def test_the_page_lists_every_code_of_the_top_level() -> None:
    written = {
        code
        for path in (ROOT / "graphql_api").rglob("*.py")
        if path.name != "operation_info.py"
        for code in TOP_LEVEL.findall(path.read_text())
    }
    listed = set(rows("Codes of errors at the top level"))
    assert written <= listed
    # One is the client's business, the other stands in the domain of accounts.
    assert listed - written <= {"PERSISTED_QUERY_NOT_SUPPORTED", "MFA_REQUIRED"}
    assert {"LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED", "INTERNAL"} <= written


def test_the_readme_leads_there() -> None:
    assert "(docs/errors.md)" in (ROOT / "README.md").read_text()


def test_the_recommendations_page_lists_the_codes_of_reasons() -> None:
    page = (ROOT / "docs" / "recommendations.md").read_text()
    assert [code for code in values("RecommendationCode") if code not in page] == []


@pytest.mark.parametrize("document", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_are_served(document: str) -> None:
    assert validate(schema._schema, parse(document)) == []


def enums_of_codes() -> Iterator[type[StrEnum]]:
    for path in sorted((ROOT / "domains").glob("*/errors.py")):
        module = importlib.import_module(f"domains.{path.parent.name}.errors")
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum:
                yield one


def test_every_code_of_every_domain_is_in_the_enum() -> None:
    raised = {code.value for enum in enums_of_codes() for code in enum}
    assert {"UNAUTHENTICATED", "MISSING_SKILL", "PUSH_IS_OFF", "NOT_READ_YET"} <= raised
    assert raised <= values("ErrorCode").keys()
    assert {str(code) for code in VALIDATOR_CODES.values()} <= raised


def test_no_domain_refuses_with_a_code_outside_its_enums() -> None:
    """A code written as text would be missed above."""
    loose = [
        (path.relative_to(ROOT).as_posix(), node.lineno)
        for path in (ROOT / "domains").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in {"Problem", "because"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert loose == []


def test_every_reason_that_eligibility_gives_is_in_its_enum() -> None:
    given = {
        node.attr
        for name in ("eligibility.py", "selectors/eligibility.py")
        for node in ast.walk(ast.parse((ROOT / "domains" / "opportunities" / name).read_text()))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in {"Code", "OpportunityCode"}
    }
    assert {"FULL", "UNAUTHENTICATED", "OVERLAPS"} <= given
    assert given <= values("EligibilityCode").keys()


def test_a_code_that_was_forgotten_breaks_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    info = as_operation_info(Refused(Problem("BRAND_NEW", "Something new."), Problem("FULL", "No more room.", None, 7)))
    told = [(one.code, one.error_code, one.message, one.retry_after) for one in info.messages]
    assert told == [
        ("BRAND_NEW", ErrorCode.OTHER, "Something new.", None),
        ("FULL", ErrorCode.FULL, "No more room.", 7),
    ]
    assert "BRAND_NEW" in caplog.text
