"""What tests of reports share: a storage of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from domains.moderation.models import ReportFile


@pytest.fixture
def stored(settings: Any) -> Callable[[], set[str]]:
    """Return a function that tells which copies are stored; the storage is empty at first."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}

    def names() -> set[str]:
        try:
            return {f"{ReportFile.FOLDER}/{name}" for name in default_storage.listdir(ReportFile.FOLDER)[1]}
        except FileNotFoundError:
            return set()

    assert names() == set()
    return names
