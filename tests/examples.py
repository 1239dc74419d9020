"""How many examples of what is random a test makes."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("THOROUGH") == "1"


def examples(number: int) -> int:
    """Return the number with THOROUGH=1, as in CI, and an eighth of it while somebody waits."""
    return number if THOROUGH else max(2, number // 8)
