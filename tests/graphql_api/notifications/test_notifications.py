"""The list of notifications: one's own, newest first, with what they are about while one may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.notifications.models import Notification, NotificationKind
from domains.notifications.policies import DEFAULT_CHANNELS
from tests.api import Api, gid
from tests.factories import (
    ApplicationFactory,
    EventFactory,
    HoursEntryFactory,
    NotificationFactory,
    OpportunityFactory,
    PreferenceFactory,
    UserFactory,
    conversation_between,
)
from tests.graphql_api.notifications.documents import LIST, PAGE
from tests.sql import statements_of

pytestmark = pytest.mark.django_db


def about(row: Any, **fields: Any) -> Notification:
    return NotificationFactory(subject_type=type(row).__name__, subject_id=row.pk, **fields)


def titles_of(api: Api) -> list[str]:
    return [edge["node"]["title"] for edge in api.ask(LIST)["notifications"]["edges"]]


def test_strangers_and_others_see_nothing(api: Api, api_as: Any) -> None:
    notification = NotificationFactory()
    assert api.error_code(LIST) == "UNAUTHENTICATED"
    for other in (UserFactory(), UserFactory(overseer=True)):
        assert api_as(other).ask(LIST)["notifications"] == {"totalCount": 0, "unreadCount": 0, "edges": []}
        assert api_as(other).ask("query($id: ID!) { node(id: $id) { id } }", id=gid(notification))["node"] is None
    own = api_as(notification.recipient).ask("query($id: ID!) { node(id: $id) { id } }", id=gid(notification))
    assert own["node"] == {"id": gid(notification)}


def test_the_newest_come_first_and_what_is_not_for_the_list_is_not_in_it(api_as: Any) -> None:
    user = UserFactory()
    now = timezone.now()
    for title, age in (("old", 3), ("older", 9), ("new", 1)):
        NotificationFactory(recipient=user, title=title, created_at=now - timedelta(hours=age), read=age == 3)
    NotificationFactory(recipient=user, is_in_app=False)
    found = api_as(user).ask(LIST)["notifications"]
    assert [edge["node"]["title"] for edge in found["edges"]] == ["new", "old", "older"]
    assert [edge["node"]["isRead"] for edge in found["edges"]] == [False, True, False]
    assert (found["totalCount"], found["unreadCount"]) == (3, 2)


def test_pages_follow_on_from_each_other_though_new_ones_come(api_as: Any) -> None:
    user, at = UserFactory(), timezone.now()
    rows = NotificationFactory.create_batch(7, recipient=user, created_at=at)
    api, found, after = api_as(user), [], None
    while True:
        page = api.ask(PAGE, first=3, after=after)["notifications"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        NotificationFactory(recipient=user)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == [gid(row) for row in reversed(rows)]


@pytest.mark.parametrize("variables", [{"first": 0}, {"first": 101}, {"first": -1}, {"after": "nonsense"}])
def test_pages_that_make_no_sense_are_bad_input(api_as: Any, variables: dict[str, Any]) -> None:
    assert api_as(UserFactory()).error_code(LIST, **variables) == "BAD_USER_INPUT"


def test_the_subject_is_shown_while_it_is_there_and_one_may_see_it(api_as: Any) -> None:
    user = UserFactory()
    talk = conversation_between(user, UserFactory())
    shown = [
        ApplicationFactory(volunteer=user),
        OpportunityFactory(),
        talk,
        HoursEntryFactory(application__volunteer=user),
        EventFactory(),
        UserFactory(),
    ]
    unseen = [
        ApplicationFactory(),
        OpportunityFactory(draft=True),
        conversation_between(UserFactory(), UserFactory()),
        EventFactory(draft=True),
        UserFactory(is_active=False),
    ]
    for row in [*shown, *unseen]:
        about(row, recipient=user)
    NotificationFactory(recipient=user, subject_type="Nonsense", subject_id=1)
    NotificationFactory(recipient=user, subject_type="Query", subject_id=1)
    NotificationFactory(recipient=user)
    api = api_as(user)
    found = [edge["node"]["subject"] for edge in api.ask(LIST)["notifications"]["edges"]]
    expected: list[Any] = [{"__typename": type(row).__name__, "id": gid(row)} for row in reversed(shown)]
    assert found == [None] * (3 + len(unseen)) + expected
    talk.delete()
    shown[0].delete()
    found = [edge["node"]["subject"] for edge in api.ask(LIST)["notifications"]["edges"]]
    assert len(found) == 3 + len(unseen) + len(shown)
    assert sum(subject is not None for subject in found) == 4


def test_more_may_be_asked_about_a_subject(api_as: Any) -> None:
    opportunity = OpportunityFactory(title="Plant trees", host__organization_name="Grove")
    user = about(opportunity).recipient
    document = """{ notifications { edges { node { subject { ... on Opportunity { title host { organizationName } }
      ... on Conversation { participants { displayName } } } } } } }"""
    about(conversation_between(user, UserFactory(display_name="Ben")), recipient=user)
    nodes = [edge["node"]["subject"] for edge in api_as(user).ask(document)["notifications"]["edges"]]
    assert nodes[1] == {"title": "Plant trees", "host": {"organizationName": "Grove"}}
    assert "Ben" in [person["displayName"] for person in nodes[0]["participants"]]


def test_the_list_costs_the_same_with_one_row_and_with_five_and_counts_only_when_asked(api_as: Any) -> None:
    user = UserFactory()
    api = api_as(user)
    api.ask("{ me { id } }")

    def grow() -> None:
        about(ApplicationFactory(volunteer=user), recipient=user)
        about(OpportunityFactory(), recipient=user)
        about(conversation_between(user, UserFactory()), recipient=user)

    grow()
    one = statements_of(lambda: api.ask(LIST))
    for _ in range(4):
        grow()
    five = statements_of(lambda: api.ask(LIST))
    assert len(one) == len(five)
    assert not [sql for sql in statements_of(lambda: api.ask(PAGE)) if "COUNT(" in sql]


def test_ones_preferences_are_shown_to_oneself_alone(api_as: Any) -> None:
    user = PreferenceFactory(email=False, digest=True).user
    items = "items { kind email inApp digest push }"
    found = api_as(user).ask(f"{{ me {{ notificationPreferences {{ {items} }} }} }}")["me"]["notificationPreferences"]
    assert [item["kind"] for item in found["items"]] == list(NotificationKind)
    by_kind = {item.pop("kind"): item for item in found["items"]}
    assert by_kind["APPLICATION_DECIDED"] == {"email": False, "inApp": True, "digest": True, "push": True}
    for kind, ways in DEFAULT_CHANNELS.items():
        if kind != NotificationKind.APPLICATION_DECIDED:
            expected = {"email": ways.email, "inApp": ways.in_app, "digest": ways.digest, "push": ways.push}
            assert by_kind[kind] == expected
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on User {{ notificationPreferences {{ {items} }} }} }} }}"
    for other in (UserFactory(), UserFactory(overseer=True)):
        assert api_as(other).ask(document, id=gid(user))["node"] == {"notificationPreferences": None}
