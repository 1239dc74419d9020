"""Hashing passwords: by OWASP's parameters, and no more than two at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from domains.base import slots

_places = BoundedSemaphore(2)


@contextmanager
def _place() -> Iterator[None]:
    """Wait for a place; where no transaction is open, no connection is held meanwhile."""
    if connection.in_atomic_block:
        with _places:
            yield
    else:
        with slots.released(), _places:
            yield


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes; parallel log-ins wait for each other instead of taking all memory."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash."""
        with _place():
            encoded: str = super().encode(password, salt)
            return encoded

    def verify(self, password: str, encoded: str) -> bool:
        """Tell whether the hash is of this password."""
        with _place():
            fits: Any = super().verify(password, encoded)
            return bool(fits)
