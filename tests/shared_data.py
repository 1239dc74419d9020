"""What tests read beside the project: real pages, feeds and files, and the contract of the API.

Where the folder is there, every test runs. Where it is not, those that need it are left out, and pytest's summary says
so in one line.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
SHARED_DATA = SHARED / "data"
#: The operations that frontends send.
OPERATIONS = SHARED / "contract" / "operations.graphql"


def need_shared_data() -> Path:
    """Return the folder of real input; without it the test is left out."""
    return _need(SHARED_DATA)


def need_operations() -> Path:
    """Return the operations of the API's contract; without them the test is left out."""
    return _need(OPERATIONS)


def _need(path: Path) -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"it needs the folder {SHARED.name} beside the project")
    assert path.exists(), f"{path} is missing, though {SHARED} is there"
    return path
