"""The page behind the link in the mail about a new password."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from domains.accounts import services
from domains.accounts.models import Session, User
from tests.domains.accounts.mailed_keys import last_key
from tests.factories import PASSWORD, UserFactory
from tests.sql import rows_of

NEW = "seven quiet otters knitting"
PATH = "/reset-password"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser() -> Client:
    """Somebody without a log-in, whom Django's protection against forged forms would stop."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def key(transactional_db: None) -> str:
    user = UserFactory(email="ada@example.org")
    services.begin_session(user=user)
    services.request_password_reset(email=user.email, ip_address="203.0.113.1")
    return last_key(user.email)


def send(browser: Client, key: str, password: str, again: str | None = None) -> Any:
    return browser.post(PATH, {"key": key, "password": password, "again": password if again is None else again})


def test_looking_changes_nothing_and_leaves_no_trace(browser: Client, key: str) -> None:
    before = rows_of("accounts")
    page = browser.get(PATH, {"key": key})
    assert page.status_code == 200
    assert f'value="{key}"' in page.content.decode()
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not page.cookies
    assert rows_of("accounts") == before


def test_the_password_is_set_and_everybody_is_logged_out(browser: Client, key: str) -> None:
    page = send(browser, key, NEW)
    assert (page.status_code, "Done" in page.content.decode()) == (200, True)
    assert User.objects.get().check_password(NEW)
    assert not Session.objects.filter(ended_at=None).exists()
    assert send(browser, key, NEW).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("tiny one", "tiny one", "12 characters"),
        ("password1234", "password1234", "most common"),
        (NEW, "another one that is long", "are not the same"),
    ],
)
def test_what_is_refused_is_said_and_can_be_tried_again(
    browser: Client, key: str, password: str, again: str, sentence: str
) -> None:
    page = send(browser, key, password, again)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert password not in page.content.decode()
    assert User.objects.get().check_password(PASSWORD)
    assert send(browser, key, NEW).status_code == 200


@pytest.mark.parametrize("wrong", ["", "nonsense", '"><script>alert(1)</script>'])
def test_a_link_that_is_not_whole_is_said_to_be_over(browser: Client, key: str, wrong: str) -> None:
    page = send(browser, wrong, NEW)
    assert (page.status_code, "expired or was used" in page.content.decode()) == (410, True)
    assert "<script>" not in browser.get(PATH, {"key": wrong}).content.decode()


def test_other_methods_are_refused(browser: Client) -> None:
    assert browser.put(PATH).status_code == 405
