"""A storage of each test's own, and what lies in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from domains.messaging.models import MessageAttachment


@pytest.fixture
def stored(settings: Any) -> Callable[[], set[str]]:
    """Return a function that tells which attached files are stored; the storage is empty at first."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}

    def names() -> set[str]:
        try:
            folder = MessageAttachment.FOLDER
            return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        except FileNotFoundError:
            return set()

    assert names() == set()
    return names
