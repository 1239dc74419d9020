"""Passwords: hashed with little memory each, two at once at the most; what is guessed soon is no new one."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from config.passwords import Argon2
from domains.accounts.models import User


def test_the_parameters_are_those_that_owasp_names() -> None:
    encoded = Argon2().encode("correct horse battery", "somesaltsomesalt")
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in encoded
    assert Argon2().verify("correct horse battery", encoded)
    assert not Argon2().verify("wrong", encoded)


def test_many_log_ins_at_once_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def slow(*_: object) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return "hash"

    monkeypatch.setattr(Argon2PasswordHasher, "encode", slow)
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: Argon2().encode("password", "salt"), range(10)))
    assert most == 2


GUESSABLE = [
    "123456789012",
    "passwordpassword",
    "aaaaaaaaaaaaaaa",
    "password1234",
    "qwertyuiop12",
    "P@ssw0rd1234",
    "correctcorrect",
    "qwertyqwertyqwertyqwerty",
    "парольпароль",
    "LovelaceLovelace",
    "ada@example.org",
    "mishmobmishmob",
    "a" * 256,
]
GOOD = [
    "a long enough password",
    "correct horse battery",
    "Grünkohl mit Pinkel und Senf",
    "vH3.kQ!9x_Tz",
    "  🦊" + "🦊" * 64,
    "4@8({[<369&#!1/|0$5+7%2" * 11,
]


def ada() -> User:
    return User(email="ada@example.org", display_name="Ada Lovelace")


@pytest.mark.parametrize("password", GUESSABLE)
def test_what_is_guessed_soon_is_refused_with_what_helps(password: str) -> None:
    with pytest.raises(ValidationError, match="Take four or more words that do not belong together"):
        validate_password(password, ada())


def test_what_is_almost_ones_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="too similar to the display name"):
        validate_password("ada.lovelace1", ada())


@pytest.mark.parametrize("password", GOOD)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    validate_password(password, ada())


def test_a_password_of_256_characters_is_taken_and_no_longer_one() -> None:
    words = "Grünkohl mit Pinkel und Senf, " * 9
    validate_password(words[:256], ada())
    with pytest.raises(ValidationError) as refused:
        validate_password(words[:257], ada())
    assert [error.code for error in refused.value.error_list] == ["max_length"]


@pytest.mark.parametrize("password", ["4@8({[<369&#!1/|0$5+7%2" * 11, "ab" * 128, "aB1!" * 64, "7" * 256])
def test_no_password_however_long_is_looked_up_often(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own table of readings would take 576 looks at the first of these, six seconds in all."""
    from zxcvbn import matching

    looked = []
    look = matching.dictionary_match

    def watched(text: str, *args: Any, **options: Any) -> Any:
        looked.append(len(text))
        return look(text, *args, **options)

    monkeypatch.setattr(matching, "dictionary_match", watched)
    with contextlib.suppress(ValidationError):
        validate_password(password, ada())
    assert looked
    assert max(looked) <= 72
    assert len(looked) <= 64


def test_one_persons_name_is_not_guessed_at_anothers_password() -> None:
    with pytest.raises(ValidationError):
        validate_password("zuzanna kowalczyk", User(email="z@example.org", display_name="Zuzanna Kowalczyk"))
    validate_password("zuzanna kowalczyk", ada())


def test_forms_say_what_is_asked_of_a_password() -> None:
    words = " ".join(password_validators_help_texts())
    assert "at most 256 characters" in words
    assert "hard to guess" in words


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_database_is_held_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []

    def look(*_: object) -> str:
        held.append(connection.connection is not None)
        return "hash"

    monkeypatch.setattr(Argon2PasswordHasher, "encode", look)
    connection.ensure_connection()
    Argon2().encode("password", "salt")
    with transaction.atomic():
        Argon2().encode("password", "salt")
    assert held == [False, True], "only a transaction keeps its connection"
