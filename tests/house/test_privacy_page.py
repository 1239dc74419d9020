"""The page about privacy has every rule of the code, and its figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import SET_NULL, ForeignKey

from domains.accounts import tokens
from domains.accounts.models import DataExport, Erasure
from domains.accounts.services import NAME_OF_DELETED
from domains.accounts.services.confirm_password import FRESH_LOG_IN
from domains.base.personal_data import PersonalRows, find_registered
from domains.moderation.services.remove_old_reports import REPORT_RETENTION

PAGE = Path(settings.BASE_DIR, "docs", "privacy.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())


def row_of(rule: PersonalRows) -> str:
    """Return the line of the page about the rule."""
    listed = f"`{rule.name}.json`" if rule.name else f"no: {rule.reason[0].lower()}{rule.reason[1:].removesuffix('.')}"
    first = rule.of.partition("__")[0]
    field = None if first == "pk" else rule.model._meta.get_field(first)
    is_unlinked = isinstance(field, ForeignKey) and field.remote_field.on_delete is SET_NULL
    fate = "the column is emptied" if is_unlinked else "removed"
    return f"| {rule.model._meta.label} `{rule.of}` | {listed} | {fate} |"


def test_the_table_has_every_rule() -> None:
    lines = re.findall(r"^\| \w+\.\w+ `\w+` \|.*\|$", PAGE, re.MULTILINE)
    assert lines == [row_of(rule) for rule in find_registered()]


@pytest.mark.parametrize(
    "words",
    [
        f"For {DataExport.LIFETIME.days} days that is the same archive",
        f"without a log-in for {tokens.EXPORT_LINK_LIFETIME.seconds // 60} minutes",
        f"a log-in that is less than {FRESH_LOG_IN.seconds // 60} minutes old",
        f'the name is "{NAME_OF_DELETED}"',
        f"until {REPORT_RETENTION.days} days after the answer",
        f"its times, for {Erasure.RETENTION.days} days",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in TEXT
