"""Hashing passwords: with little memory each, and two at once at the most."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from config.passwords import Argon2


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
