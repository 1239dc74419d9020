"""The page behind the link in a mail: looking changes nothing, its button and mail programs end the mails."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from domains.notifications.models import NotificationKind, Preference
from domains.notifications.policies import DEFAULT_CHANNELS, Channels
from domains.notifications.selectors import find_preferences
from domains.notifications.tokens import DIGEST_TOPIC, unsubscribe_url
from tests.factories import UserFactory
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

OFFER = NotificationKind.OFFER_MADE


@pytest.fixture
def browser() -> Client:
    """Somebody without a log-in, whom Django's protection against forged forms would stop."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def user(db: None) -> Any:
    return UserFactory(display_name="Ada Lovelace")


def path_for(user: Any, topic: str = OFFER.value) -> str:
    return unsubscribe_url(user_id=user.pk, topic=topic).removeprefix(settings.PUBLIC_URL)


def test_looking_changes_nothing_and_shows_nothing_private(browser: Client, user: Any) -> None:
    before = rows_of("notifications", "accounts")
    for answer in (browser.get(path_for(user)), browser.head(path_for(user))):
        assert answer.status_code == 200
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
        assert not answer.cookies
    page = browser.get(path_for(user)).content.decode()
    assert "They are about places that are offered to you." in page
    assert page.count("<button") == 1
    assert user.email not in page
    assert user.display_name not in page
    assert rows_of("notifications", "accounts") == before


def test_a_mail_program_ends_the_mails_by_one_post(browser: Client, user: Any) -> None:
    for _ in range(2):
        answer = browser.post(path_for(user), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert find_preferences(user_id=user.pk) == {**DEFAULT_CHANNELS, OFFER: Channels(email=False)}
    page = answer.content.decode()
    assert "You get no more mails about places that are offered to you." in page
    assert 'name="again"' in page
    page = browser.post(path_for(user), {"again": "yes"}).content.decode()
    assert "You get mails about places that are offered to you again." in page
    assert find_preferences(user_id=user.pk) == DEFAULT_CHANNELS


def test_the_daily_mail_has_a_link_of_its_own(browser: Client, user: Any) -> None:
    assert browser.post(path_for(user, DIGEST_TOPIC)).status_code == 200
    assert not any(ways.digest for ways in find_preferences(user_id=user.pk).values())


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "ä", "x" * 5000, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_such_link_is_told_so(browser: Client, method: str, token: str) -> None:
    answer = getattr(browser, method)(f"/notifications/unsubscribe/{token}")
    assert answer.status_code == 404
    assert "Nothing to end here" in answer.content.decode()
    assert not Preference.objects.exists()


def test_other_methods_are_not_for_it(browser: Client, user: Any) -> None:
    assert browser.put(path_for(user)).status_code == 405
    assert browser.delete(path_for(user)).status_code == 405
    assert not Preference.objects.exists()
