"""Mutations of notifications, also with inputs that make no sense. Who may: tests/house/permissions.toml."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry.relay import to_base64

from domains.notifications.models import Notification, NotificationKind, Preference, PushSubscription
from tests.api import codes, gid
from tests.factories import NotificationFactory, PushSubscriptionFactory, SessionFactory, UserFactory
from tests.factories.notifications import browser_key
from tests.graphql_api.notifications.documents import LIST, MARK_READ, PREFER, REGISTER, REMOVE

pytestmark = pytest.mark.django_db

PRIVATE_KEY = "A" * 42 + "E"
AUTH = "c3Nzc3Nzc3Nzc3Nzc3Nzcw"


def browser(number: int = 1) -> dict[str, str]:
    return {"endpoint": f"https://web.push.apple.com/{number}", "p256dh": browser_key()[1], "auth": AUTH}


@pytest.fixture(autouse=True)
def _pushes_are_on(settings: Any) -> None:
    settings.WEB_PUSH_PRIVATE_KEY = PRIVATE_KEY


def test_reading_some_then_all_counts_down_and_repeats_change_nothing(api_as: Any) -> None:
    user = UserFactory()
    rows = NotificationFactory.create_batch(5, recipient=user)
    NotificationFactory()
    api = api_as(user)
    ids = [gid(row) for row in rows[:2]]
    for _ in range(2):
        assert api.act(MARK_READ, notificationIds=ids) == {"__typename": "NotificationsReadReceipt", "unreadCount": 3}
    read_at = Notification.objects.get(pk=rows[0].pk).read_at
    assert api.act(MARK_READ, notificationIds=[ids[0], ids[0]])["unreadCount"] == 3
    for _ in range(2):
        assert api.act(MARK_READ, all=True)["unreadCount"] == 0
    assert Notification.objects.get(pk=rows[0].pk).read_at == read_at
    assert Notification.objects.filter(read_at=None).count() == 1
    assert api.ask(LIST)["notifications"]["unreadCount"] == 0


@pytest.mark.parametrize(
    ("input", "code", "field"),
    [
        ({}, "REQUIRED", "notificationIds"),
        ({"notificationIds": []}, "REQUIRED", "notificationIds"),
        ({"all": False}, "REQUIRED", "notificationIds"),
        ({"notificationIds": ["own"], "all": True}, "INVALID", "all"),
        ({"notificationIds": ["own", "Tm90aWZpY2F0aW9uOjk5OTk5OTk="]}, "NOT_FOUND", "notificationIds"),
        ({"notificationIds": ["own", "nonsense"]}, "NOT_FOUND", "notificationIds"),
        ({"notificationIds": ["own", "VXNlcjox"]}, "NOT_FOUND", "notificationIds"),
        ({"notificationIds": ["own", "another's"]}, "NOT_FOUND", "notificationIds"),
        ({"notificationIds": ["own", "hidden"]}, "NOT_FOUND", "notificationIds"),
    ],
)
def test_which_were_read_is_said_in_one_way_and_only_of_ones_own(
    api_as: Any, input: dict[str, Any], code: str, field: str
) -> None:
    own = NotificationFactory()
    names = {
        "own": gid(own),
        "another's": gid(NotificationFactory()),
        "hidden": gid(NotificationFactory(recipient=own.recipient, is_in_app=False)),
    }
    if "notificationIds" in input:
        input = {**input, "notificationIds": [names.get(id, id) for id in input["notificationIds"]]}
    payload = api_as(own.recipient).act(MARK_READ, **input)
    assert (codes(payload), payload["messages"][0]["field"]) == ([code], field)
    assert not Notification.objects.exclude(read_at=None).exists()


def test_too_many_at_once_are_refused(api_as: Any) -> None:
    ids = [to_base64("Notification", number) for number in range(1, 502)]
    assert codes(api_as(UserFactory()).act(MARK_READ, notificationIds=ids)) == ["TOO_LONG"]


def test_preferences_are_all_listed_and_kept(api_as: Any) -> None:
    user = UserFactory()
    wish = [
        {"kind": "MESSAGE_RECEIVED", "email": True, "inApp": False},
        {"kind": "OFFER_MADE", "email": True, "inApp": True, "push": False},
    ]
    payload = api_as(user).act(PREFER, preferences=wish)
    assert [item["kind"] for item in payload["items"]] == list(NotificationKind)
    by_kind = {item.pop("kind"): item for item in payload["items"]}
    assert by_kind["MESSAGE_RECEIVED"] == {"email": True, "inApp": False, "digest": True, "push": True}
    assert by_kind["OFFER_MADE"] == {"email": True, "inApp": True, "digest": False, "push": False}
    assert Preference.objects.filter(user=user).count() == 2


@pytest.mark.parametrize(
    ("preferences", "code", "field"),
    [
        ([], "REQUIRED", "preferences"),
        (
            [{"kind": "OFFER_MADE", "email": one} for one in (False, True)],
            "INVALID",
            "preferences.0.kind",
        ),
    ],
)
def test_preferences_that_say_nothing_or_two_things_are_refused(
    api_as: Any, preferences: list[Any], code: str, field: str
) -> None:
    payload = api_as(UserFactory()).act(PREFER, preferences=preferences)
    assert codes(payload)[0] == code
    assert payload["messages"][0]["field"] == field
    assert not Preference.objects.exists()


def test_an_unknown_kind_is_bad_input(api_as: Any) -> None:
    wish = {"preferences": [{"kind": "GOSSIP", "email": False}]}
    assert api_as(UserFactory()).error_code(PREFER, input=wish) == "BAD_USER_INPUT"


def test_a_browser_is_registered_once_and_belongs_to_whoever_came_last(api_as: Any) -> None:
    ann, ben = UserFactory.create_batch(2)
    one = browser()
    for user in (ann, ann, ben):
        payload = api_as(user).act(REGISTER, **one, deviceName="Laptop")
        assert (payload["__typename"], payload["deviceName"]) == ("PushSubscription", "Laptop")
    kept = PushSubscription.objects.get()
    assert kept.session.user == ben
    assert api_as(ann).act(REMOVE, endpoint=one["endpoint"])["remainingCount"] == 0
    assert PushSubscription.objects.count() == 1
    assert api_as(ben).act(REMOVE, endpoint=one["endpoint"])["remainingCount"] == 0
    assert not PushSubscription.objects.exists()


def test_the_oldest_of_ten_browsers_gives_way(api_as: Any) -> None:
    session = SessionFactory()
    oldest, *others = PushSubscriptionFactory.create_batch(10, session=session)
    PushSubscriptionFactory()
    api_as(session.user).act(REGISTER, **browser())
    kept = PushSubscription.objects.filter(session__user=session.user)
    assert kept.count() == 10
    assert set(others) < set(kept)
    assert oldest not in kept


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "nonsense",
        "http://fcm.googleapis.com/fcm/send/1",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/1",
        "https://evilfcm.googleapis.com/1",
        "https://fcm.googleapis.com@evil.example/1",
        "https://me:secret@fcm.googleapis.com/1",
        "https://fcm.googleapis.com:8443/1",
        "https://fcm.googleapis.com:99999/1",
        "https://127.0.0.1/1",
        "https://[::1/1",
        "https://web.push.apple.com\\@evil.example/1",
        "https://web.push.apple.com/1\r\nHost: evil.example",
        "https://web.push.apple.com/\u202e1",
        "https://notify.windows.com/1",
        "ftp://web.push.apple.com/1",
        "https://web.push.apple.com/" + "x" * 1000,
    ],
)
def test_pushes_go_to_known_push_services_and_nowhere_else(api_as: Any, endpoint: str) -> None:
    payload = api_as(UserFactory()).act(REGISTER, **{**browser(), "endpoint": endpoint})
    assert set(codes(payload)) <= {"INVALID", "TOO_LONG"}
    assert {message["field"] for message in payload["messages"]} == {"endpoint"}
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQY",
        "https://web.push.apple.com:443/QGu",
    ],
)
def test_the_push_services_of_browsers_are_known(api_as: Any, endpoint: str) -> None:
    assert (
        api_as(UserFactory()).act(REGISTER, **{**browser(), "endpoint": endpoint})["__typename"] == "PushSubscription"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"p256dh": ""},
        {"p256dh": "AAAA"},
        {"p256dh": "B" + "A" * 86},
        {"p256dh": "ü" * 87},
        {"p256dh": "B" * 5000},
        {"auth": ""},
        {"auth": "c2hvcnQ"},
        {"auth": "!" * 22},
        {"deviceName": "x" * 81},
    ],
)
def test_keys_that_are_none_are_refused(api_as: Any, wrong: dict[str, str]) -> None:
    payload = api_as(UserFactory()).act(REGISTER, **{**browser(), **wrong})
    assert set(codes(payload)) <= {"INVALID", "TOO_LONG"}
    assert [message["field"] for message in payload["messages"]] == list(wrong)
    assert not PushSubscription.objects.exists()


def test_without_a_key_pushes_are_off(api_as: Any, settings: Any) -> None:
    api = api_as(UserFactory())
    public = api.ask("{ webPushKey }")["webPushKey"]
    assert len(public) == 87
    settings.WEB_PUSH_PRIVATE_KEY = ""
    assert api.ask("{ webPushKey }") == {"webPushKey": None}
    assert codes(api.act(REGISTER, **browser())) == ["PUSH_IS_OFF"]
