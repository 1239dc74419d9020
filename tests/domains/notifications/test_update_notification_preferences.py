"""How one wants to be told: kept only where it differs, changed as a whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from domains.base.errors import Refused
from domains.notifications import services
from domains.notifications.models import NotificationKind, Preference
from domains.notifications.policies import DEFAULT_CHANNELS, MAIL_REASONS, MAIL_TOPICS, Channels
from domains.notifications.selectors import find_preferences
from domains.notifications.services import PreferenceChange
from domains.notifications.tokens import DIGEST_TOPIC, unsubscribe_url
from tests.factories import PreferenceFactory, UserFactory
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

OFFER, MESSAGE = NotificationKind.OFFER_MADE, NotificationKind.MESSAGE_RECEIVED


def change(actor: Any, *changes: PreferenceChange) -> dict[NotificationKind, Channels]:
    return services.update_notification_preferences(actor=actor, changes=changes)


def token_for(user: Any, topic: str) -> str:
    return unsubscribe_url(user_id=user.pk, topic=topic).rpartition("/")[2]


def test_every_kind_has_its_defaults_its_reason_and_its_topic() -> None:
    assert set(DEFAULT_CHANNELS) == set(MAIL_REASONS) == set(MAIL_TOPICS) == set(NotificationKind)


def test_what_is_left_out_stays_and_what_is_as_by_default_leaves_no_row() -> None:
    user = UserFactory()
    assert change(user, PreferenceChange(OFFER, email=False))[OFFER] == Channels(email=False)
    assert change(user, PreferenceChange(OFFER, digest=True))[OFFER] == Channels(email=False, digest=True)
    assert Preference.objects.count() == 1
    channels = change(user, PreferenceChange(OFFER, email=True, digest=False), PreferenceChange(MESSAGE, in_app=True))
    assert channels == DEFAULT_CHANNELS == find_preferences(user_id=user.pk)
    assert not Preference.objects.exists()


def test_a_kind_twice_or_nothing_at_all_is_refused_and_nothing_changes() -> None:
    user = PreferenceFactory().user
    before = rows_of("notifications")
    with pytest.raises(Refused) as twice:
        change(user, *(PreferenceChange(kind, email=False) for kind in (OFFER, MESSAGE, OFFER)))
    assert [(one.code, one.field) for one in twice.value.problems] == [
        ("INVALID", "preferences.0.kind"),
        ("INVALID", "preferences.2.kind"),
    ]
    with pytest.raises(Refused) as nothing:
        change(user)
    assert nothing.value.problems[0].code == "REQUIRED"
    assert rows_of("notifications") == before


def test_the_link_of_a_kind_ends_its_mails_alone_and_again_changes_nothing() -> None:
    user, other = UserFactory.create_batch(2)
    token = token_for(user, OFFER.value)
    assert services.find_topic(token=token) == MAIL_TOPICS[OFFER]
    assert not Preference.objects.exists()
    for _ in range(2):
        services.unsubscribe(token=token)
        assert find_preferences(user_id=user.pk) == {**DEFAULT_CHANNELS, OFFER: Channels(email=False)}
    assert find_preferences(user_id=other.pk) == DEFAULT_CHANNELS
    services.resubscribe(token=token)
    assert not Preference.objects.exists()


def test_the_link_of_the_daily_mail_ends_it_as_a_whole() -> None:
    user = UserFactory()
    change(user, PreferenceChange(OFFER, digest=True))
    token = token_for(user, DIGEST_TOPIC)
    services.unsubscribe(token=token)
    assert not any(channels.digest for channels in find_preferences(user_id=user.pk).values())
    assert find_preferences(user_id=user.pk)[OFFER].email
    services.resubscribe(token=token)
    assert find_preferences(user_id=user.pk) == DEFAULT_CHANNELS


@pytest.mark.parametrize("wrong", ["", "nonsense", "cut", "changed", "topic", "gone"])
def test_what_is_no_such_link_ends_nothing(wrong: str) -> None:
    user = UserFactory()
    token = token_for(user, "EVERYTHING" if wrong == "topic" else OFFER.value)
    if wrong == "gone":
        user.delete()
    elif wrong == "changed":
        head, _, rest = token.partition(".")
        payload, _, signature = rest.partition(".")
        token = f"{head}.{payload[:-2]}AA.{signature}"
    elif wrong != "topic":
        token = {"": "", "nonsense": "x.y.z", "cut": token[:-3]}[wrong]
    with pytest.raises(Refused) as refused:
        services.unsubscribe(token=token)
    assert refused.value.problems[0].code == "NOT_FOUND"
    assert not Preference.objects.exists()
