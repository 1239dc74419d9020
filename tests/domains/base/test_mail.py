"""Mails that are no notifications: each is sent once, tried again where sending failed, with or without the cache."""

from __future__ import annotations

from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.mail.backends.locmem import EmailBackend

from domains.base.mail import send_once
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def send(key: str) -> None:
    user = UserFactory.build(display_name="Ada")
    send_once(key, template="accounts/account_exists", subject="Hello", to="ada@people.example", context={"user": user})


def test_a_mail_that_could_not_be_sent_is_sent_by_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:

        def fail(*args: object) -> None:
            raise SMTPServerDisconnected("gone")

        broken.setattr(EmailBackend, "send_messages", fail)
        with pytest.raises(SMTPServerDisconnected):
            send("one")
    for _ in range(2):
        send("one")
    assert len(mail.outbox) == 1


def test_a_mail_is_sent_once_while_the_shared_cache_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    class Down:
        def add(self, *_: object, **__: object) -> bool:
            raise ConnectionError("no cache")

    monkeypatch.setattr("domains.base.mail.caches", {"default": Down(), "local": caches["local"]})
    caches["local"].delete("mail:two")
    for _ in range(2):
        send("two")
    assert len(mail.outbox) == 1
    caches["local"].clear()
