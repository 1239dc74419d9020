"""The files that the docs name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
NAMED = re.compile(r"`((?:config|crawlers|domains|graphql_api|scripts|tests|web)/[\w./-]+\.(?:py|sh|ts|toml))`")
#: In examples of what a reader may add.
EXAMPLES = {"pin_message", "town_feed"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_file_that_a_page_names_is_there(page: Path) -> None:
    named = {path for path in NAMED.findall(page.read_text()) if not any(example in path for example in EXAMPLES)}
    assert sorted(path for path in named if not (ROOT / path).is_file()) == []
