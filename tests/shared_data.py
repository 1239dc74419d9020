"""Real input for tests, kept beside the project: pages, feeds, and files made to break readers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def need_shared_data() -> Path:
    """Return the folder. Where it is missing the test is skipped, but in CI it fails."""
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    reason = f"the real input is not at {SHARED_DATA}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
