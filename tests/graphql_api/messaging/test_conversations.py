"""Who sees which conversation, by every way there is; in which order; at which cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from domains.accounts.models import User
from domains.messaging.models import Conversation
from tests.api import Api, gid
from tests.factories import (
    ConversationEventFactory,
    MessageFactory,
    OpportunityFactory,
    UserFactory,
    conversation_between,
)
from tests.graphql_api.messaging.documents import CONVERSATIONS, EVENTS_SINCE, HISTORY, NODE

pytestmark = pytest.mark.django_db(transaction=True)
ApiAs = Callable[[User], Api]


@pytest.fixture
def ann() -> User:
    return UserFactory()


@pytest.fixture
def ben() -> User:
    return UserFactory()


@pytest.fixture
def talk(ann: User, ben: User) -> Conversation:
    conversation = conversation_between(ann, ben)
    MessageFactory(conversation=conversation, sender=ann, content="Hello Ben")
    MessageFactory(conversation=conversation, sender=ben, content="Hello Ann")
    return conversation


def leave(conversation: Conversation, user: User) -> None:
    conversation.participations.filter(user=user).update(left_at=timezone.now())


def test_a_stranger_is_asked_to_log_in(api: Api, talk: Conversation) -> None:
    assert api.error_code(CONVERSATIONS) == "UNAUTHENTICATED"
    assert api.error_code(HISTORY, id=gid(talk), last=5) == "UNAUTHENTICATED"
    for row in (talk, talk.messages.get(sequence=1)):
        assert api.ask(NODE, id=gid(row)) == {"node": None}


def test_a_participant_sees_it_by_every_way(api_as: ApiAs, talk: Conversation, ann: User, ben: User) -> None:
    api = api_as(ben)
    (edge,) = api.ask(CONVERSATIONS)["conversations"]["edges"]
    shown = edge["node"]
    assert (shown["id"], shown["lastSequence"], shown["unreadCount"]) == (gid(talk), 2, 0)
    assert [person["id"] for person in shown["participants"]] == [gid(ann), gid(ben)]
    assert (shown["lastMessage"]["content"], shown["lastMessage"]["attachments"]) == ("Hello Ann", [])
    one = api.ask(HISTORY, id=gid(talk), last=5)["conversation"]
    assert {name: one[name] for name in shown} == shown
    said = [edge["node"] for edge in one["messages"]["edges"]]
    assert [(message["content"], message["sender"]["id"]) for message in said] == [
        ("Hello Ben", gid(ann)),
        ("Hello Ann", gid(ben)),
    ]
    events = api.ask(EVENTS_SINCE, id=gid(talk), afterSequence=0)["conversation"]["events"]
    assert [event["message"] for event in events] == said
    for row in (talk, talk.messages.get(sequence=1)):
        assert api.ask(NODE, id=gid(row))["node"]["id"] == gid(row)


@pytest.mark.parametrize("who", ["a non-participant", "staff", "one who left"])
def test_others_see_nothing_by_any_way(api_as: ApiAs, talk: Conversation, ben: User, who: str) -> None:
    viewer = ben if who == "one who left" else UserFactory(overseer=who == "staff")
    if viewer is ben:
        leave(talk, ben)
    api = api_as(viewer)
    assert api.ask(CONVERSATIONS)["conversations"] == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }
    assert api.ask(HISTORY, id=gid(talk), last=5) == {"conversation": None}
    assert api.ask(EVENTS_SINCE, id=gid(talk), afterSequence=0) == {"conversation": None}
    for row in (talk, talk.messages.get(sequence=1)):
        assert api.ask(NODE, id=gid(row)) == {"node": None}


def test_who_left_is_no_longer_shown_among_the_participants(api_as: ApiAs, ann: User, ben: User) -> None:
    cleo = UserFactory()
    group = conversation_between(ann, ben, cleo)
    leave(group, ben)
    people = api_as(ann).ask(HISTORY, id=gid(group))["conversation"]["participants"]
    assert [person["id"] for person in people] == [gid(ann), gid(cleo)]


def test_a_message_leads_to_its_conversation_only_for_participants(
    api_as: ApiAs, talk: Conversation, ann: User
) -> None:
    document = "query($id: ID!) { node(id: $id) { ... on Message { conversation { id title } } } }"
    message = talk.messages.get(sequence=1)
    assert api_as(ann).ask(document, id=gid(message))["node"] == {"conversation": {"id": gid(talk), "title": ""}}
    assert api_as(UserFactory()).ask(document, id=gid(message)) == {"node": None}


def test_a_deleted_message_keeps_its_place_and_loses_its_words(api_as: ApiAs, talk: Conversation, ann: User) -> None:
    talk.messages.filter(sequence=2).update(deleted_at=timezone.now())
    shown = api_as(ann).ask(HISTORY, id=gid(talk), last=5)["conversation"]
    last = shown["messages"]["edges"][-1]["node"]
    assert (last["content"], last["isDeleted"], last["sequence"]) == ("", True, 2)
    assert shown["lastMessage"] == last
    (event,) = api_as(ann).ask(EVENTS_SINCE, id=gid(talk), afterSequence=1)["conversation"]["events"]
    assert event["message"] == last


def test_the_list_goes_from_the_newest_activity_and_pages_without_a_gap(api_as: ApiAs, ann: User) -> None:
    now = timezone.now()
    talks = []
    for minutes in (3, 1, 4, 1, 5):
        talk = conversation_between(ann, UserFactory())
        Conversation.objects.filter(pk=talk.pk).update(last_activity_at=now - timedelta(minutes=minutes))
        talks.append((minutes, -talk.pk, gid(talk)))
    seen, after = [], None
    for _ in range(3):
        page = api_as(ann).ask(CONVERSATIONS, first=2, after=after)["conversations"]
        assert page["totalCount"] == 5
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [id for _, _, id in sorted(talks)]
    assert page["pageInfo"]["hasNextPage"] is False


def test_history_pages_from_either_end(api_as: ApiAs, talk: Conversation, ann: User) -> None:
    MessageFactory.create_batch(5, conversation=talk, sender=ann)

    def page(**arguments: Any) -> tuple[list[int], dict[str, Any]]:
        found = api_as(ann).ask(HISTORY, id=gid(talk), **arguments)["conversation"]["messages"]
        assert found["totalCount"] == 7
        return [edge["node"]["sequence"] for edge in found["edges"]], found["pageInfo"]

    newest, info = page(last=3)
    assert (newest, info["hasPreviousPage"]) == ([5, 6, 7], True)
    older, info = page(last=3, before=info["startCursor"])
    assert older == [2, 3, 4]
    assert page(last=3, before=info["startCursor"])[0] == [1]
    first, info = page(first=4)
    assert (first, page(first=4, after=info["endCursor"])[0]) == ([1, 2, 3, 4], [5, 6, 7])


def test_events_come_after_the_sequence_in_order_and_as_many_as_asked(
    api_as: ApiAs, talk: Conversation, ann: User, ben: User
) -> None:
    ConversationEventFactory(conversation=talk)
    MessageFactory(conversation=talk, sender=ann)

    def since(sequence: int, first: int | None = None) -> list[tuple[str, int]]:
        found = api_as(ann).ask(EVENTS_SINCE, id=gid(talk), afterSequence=sequence, first=first)
        return [(event["__typename"], event["sequence"]) for event in found["conversation"]["events"]]

    assert since(1) == [("MessageSent", 2), ("ParticipantsChanged", 3), ("MessageSent", 4)]
    assert since(0, first=2) == [("MessageSent", 1), ("MessageSent", 2)]
    assert since(4) == []
    for nonsense in ({"afterSequence": -1}, {"afterSequence": 0, "first": 0}, {"afterSequence": 0, "first": 101}):
        assert api_as(ann).error_code(EVENTS_SINCE, id=gid(talk), **nonsense) == "BAD_USER_INPUT"
    changed = api_as(ann).ask(EVENTS_SINCE, id=gid(talk), afterSequence=2)["conversation"]["events"][0]
    assert [person["id"] for person in changed["participants"]] == [gid(ann), gid(ben)]


@pytest.mark.parametrize("id", ["", "nonsense", "Q29udmVyc2F0aW9uOicgT1IgMT0x", "VXNlcjox", "x" * 10_000])
def test_what_is_no_id_leads_nowhere(api_as: ApiAs, ann: User, id: str) -> None:
    assert api_as(ann).ask(HISTORY, id=id) == {"conversation": None}


@pytest.mark.parametrize("arguments", [{"first": 0}, {"first": 101}, {"after": "nonsense"}])
def test_a_page_that_makes_no_sense_is_bad_input(api_as: ApiAs, ann: User, arguments: dict[str, Any]) -> None:
    assert api_as(ann).error_code(CONVERSATIONS, **arguments) == "BAD_USER_INPUT"


def statements(api: Api, document: str, **variables: Any) -> int:
    api.ask(document, **variables)
    with CaptureQueriesContext(connection) as captured:
        api.ask(document, **variables)
    assert captured.captured_queries
    return len(captured)


def test_one_conversation_and_five_cost_the_same(api_as: ApiAs, talk: Conversation, ann: User) -> None:
    api = api_as(ann)
    one = statements(api, CONVERSATIONS)
    for _ in range(4):
        others = UserFactory.create_batch(3)
        MessageFactory.create_batch(2, conversation=conversation_between(ann, *others), sender=others[-1])
    assert len(api.ask(CONVERSATIONS)["conversations"]["edges"]) == 5
    assert statements(api, CONVERSATIONS) == one


def test_what_is_asked_of_each_participant_costs_the_same_for_all(api_as: ApiAs, talk: Conversation, ann: User) -> None:
    document = """{ conversations { edges { node {
      participants { displayName profile { bio } skills { skill { name } } }
      lastMessage { sender { profile { bio } } } } } } }"""
    api = api_as(ann)
    one = statements(api, document)
    for _ in range(4):
        MessageFactory(conversation=conversation_between(ann, *UserFactory.create_batch(3)))
    assert statements(api, document) == one


@pytest.mark.parametrize(("document", "arguments"), [(HISTORY, {"last": 50}), (EVENTS_SINCE, {"afterSequence": 0})])
def test_a_long_history_costs_no_more_statements_than_a_short_one(
    api_as: ApiAs, talk: Conversation, ann: User, document: str, arguments: dict[str, Any]
) -> None:
    api = api_as(ann)
    short = statements(api, document, id=gid(talk), **arguments)
    MessageFactory.create_batch(8, conversation=talk, sender=UserFactory())
    assert statements(api, document, id=gid(talk), **arguments) == short


def test_the_logs_of_a_list_are_what_each_conversation_shows_alone(api_as: ApiAs, ann: User) -> None:
    for said in (0, 1, 4):
        conversation = conversation_between(ann, UserFactory())
        MessageFactory.create_batch(said, conversation=conversation, sender=ann)
    fields = "id events(afterSequence: 1, first: 2) { ... on MessageSent { sequence message { content } } }"
    api = api_as(ann)
    together = [
        one["node"]
        for one in api.ask(f"{{ conversations {{ edges {{ node {{ {fields} }} }} }} }}")["conversations"]["edges"]
    ]
    alone = f"query One($id: ID!) {{ conversation(id: $id) {{ {fields} }} }}"
    assert together == [api.ask(alone, id=node["id"])["conversation"] for node in together]
    assert sorted(len(node["events"]) for node in together) == [0, 0, 2]


def test_a_conversation_says_what_it_is_about_to_those_who_may_see_it(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    document = "query One($id: ID!) { conversation(id: $id) { opportunity { title } } }"
    for fields, shown in (({}, {"title": "Clean the creek"}), ({"draft": True}, None)):
        opportunity = OpportunityFactory(title="Clean the creek", **fields)
        talk = conversation_between(ann, ben, is_group=True, opportunity=opportunity)
        assert api_as(ann).ask(document, id=gid(talk))["conversation"]["opportunity"] == shown
