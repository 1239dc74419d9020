"""The page about applications says what the table of moves says."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from domains.opportunities.transitions import MOVES

PAGE = Path(settings.BASE_DIR, "docs", "applications.md")


def test_the_table_of_moves_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| ([A-Z_]+) \| [a-z ]+ \| ([A-Za-z_, ]+) \| ([A-Z_, ]+) \|", PAGE.read_text(), re.MULTILINE)
    written = {act: (set(sources.split(", ")), set(targets.split(", "))) for act, sources, targets in rows}
    coded = {
        act.value: (
            {source.value if source else "nothing" for sources in moves.values() for source in sources},
            {target.value for target in moves},
        )
        for act, moves in MOVES.items()
    }
    assert written == coded
