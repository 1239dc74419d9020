"""Passwords: hashed with OWASP's parameters, at most two at once; new ones must be hard to guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from threading import BoundedSemaphore, Lock
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import connection

from domains.base import gate_slot

#: How many characters of a password are measured: the time grows at least with the square of the length.
MAX_MEASURED_LENGTH = 72
#: zxcvbn's score from 0 to 4; 3 stands for more than 10**8 guesses.
MIN_SCORE = 3
#: Passwords of this length with non-ASCII letters or emoji are accepted, because zxcvbn knows neither.
MIN_NON_ASCII_LENGTH = 64
#: Which symbols zxcvbn reads as letters. It tries all combinations, and those of its own table take seconds.
LETTER_SUBSTITUTES = {"a": ["4", "@"], "e": ["3"], "i": ["1", "!"], "o": ["0"], "s": ["5", "$"], "t": ["7"]}
ADVICE = "Take four or more words that do not belong together, or let a password manager make one."

_hash_slots = BoundedSemaphore(2)
#: zxcvbn keeps the words about a person in a table of the process, so one password is measured at a time.
_zxcvbn_lock = Lock()


def _without_connection() -> AbstractContextManager[None]:
    """Release the connection during slow work, unless a transaction is open."""
    return nullcontext() if connection.in_atomic_block else gate_slot.released()


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes; parallel log-ins wait for each other instead of taking all memory."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash."""
        with _without_connection(), _hash_slots:
            encoded: str = super().encode(password, salt)
            return encoded

    def verify(self, password: str, encoded: str) -> bool:
        """Tell whether the hash is of this password."""
        with _without_connection(), _hash_slots:
            is_match: Any = super().verify(password, encoded)
            return bool(is_match)


class MaximumLength:
    """Refuses a password longer than settings.MAX_PASSWORD_LENGTH, before it is hashed."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with the code `max_length`."""
        if len(password) > settings.MAX_PASSWORD_LENGTH:
            raise ValidationError(self.get_help_text(), code="max_length")

    def get_help_text(self) -> str:
        """Return what a form says about it."""
        return f"Choose a password of at most {settings.MAX_PASSWORD_LENGTH} characters."


class NotGuessable(CommonPasswordValidator):
    """Refuses common passwords, and those that zxcvbn guesses fast, also from the person's own address and name."""

    def __init__(self, min_length: int) -> None:
        super().__init__()
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError that says why it is easy to guess; other validators check the length."""
        if not self.min_length <= len(password) <= settings.MAX_PASSWORD_LENGTH:
            return
        if password.lower().strip() in self.passwords:
            raise ValidationError(f"This password is among the most common ones. {ADVICE}", code="INVALID")
        if len(password) >= MIN_NON_ASCII_LENGTH and not password.isascii():
            return
        score, warning = _measure(password[:MAX_MEASURED_LENGTH], list(_personal_words(user)))
        if score < MIN_SCORE:
            reason = f": {warning.rstrip('.').lower()}" if warning else ""
            raise ValidationError(f"This password is easy to guess{reason}. {ADVICE}", code="INVALID")

    def get_help_text(self) -> str:
        """Return what a form says about it."""
        return f"Choose a password that is hard to guess. {ADVICE}"


def _personal_words(user: Any) -> Iterator[str]:
    for text in (getattr(user, "email", ""), getattr(user, "display_name", "")):
        yield text
        yield from re.findall(r"\w{2,}", text)
    yield "mishmob"


def _measure(password: str, personal_words: list[str]) -> tuple[int, str]:
    """Return zxcvbn's score and its warning, if any."""
    from zxcvbn import matching, zxcvbn  # noqa: PLC0415 - its dictionaries take 15 MB, which few processes need

    with _without_connection(), _zxcvbn_lock:
        matching.L33T_TABLE.clear()
        matching.L33T_TABLE.update(LETTER_SUBSTITUTES)
        result = zxcvbn(password, user_inputs=personal_words)
    return result["score"], str(result["feedback"]["warning"])
