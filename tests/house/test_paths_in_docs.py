"""The files that the docs name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
NAMED = re.compile(r"`((?:config|crawlers|domains|graphql_api|scripts|tests|web)/[\w./-]+\.(?:py|sh|ts|toml))`")
#: Such as `WEIGHTS` in `domains/opportunities/matching/weights.py`.
NAMED_IN = re.compile(r"((?:`\w+`(?:,| and)? )+)in `([\w./-]+\.py)`")
#: In examples of what a reader may add.
EXAMPLES = {"pin_message", "PinMessage", "town_feed"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_file_that_a_page_names_is_there(page: Path) -> None:
    named = {path for path in NAMED.findall(page.read_text()) if not any(example in path for example in EXAMPLES)}
    assert sorted(path for path in named if not (ROOT / path).is_file()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_says_is_in_a_file_is_there(page: Path) -> None:
    missing = []
    for names, path in NAMED_IN.findall(page.read_text()):
        if any(example in path or example in names for example in EXAMPLES):
            continue
        text = (ROOT / path).read_text()
        missing += [
            f"{name} in {path}"
            for name in re.findall(r"\w+", names.replace(" and ", " "))
            if not re.search(rf"^ *(def |class )?{name}\b", text, re.MULTILINE)
        ]
    assert missing == []
