"""What acts on a conversation answer, and searching. Who may act: tests/house/permissions.toml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.messaging.models import Conversation, Message
from tests.api import Api, codes, gid
from tests.factories import MessageFactory, ReactionFactory, UserFactory, conversation_between
from tests.graphql_api.messaging.documents import (
    ADD,
    DELETE,
    EDIT,
    LEAVE,
    REACT,
    REMOVE,
    SEARCH,
    SEND,
    SET_TYPING,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User], Api]


@dataclass
class Group:
    """A group with a message, and people around it."""

    people: dict[str, User]
    other: User
    group: Conversation
    message: Message


@pytest.fixture
def scene() -> Group:
    people = {kind: UserFactory() for kind in ("former", "member", "sender")}
    other = UserFactory()
    group = conversation_between(people["sender"], people["member"], people["former"], other, title="Crew")
    group.participations.filter(user=people["former"]).update(left_at=timezone.now())
    return Group(people, other, group, MessageFactory(conversation=group, sender=people["sender"]))


@pytest.mark.parametrize("bad", ["nonsense", "", "VXNlcjox", "TWVzc2FnZTo5OTk5OTk5", "x" * 10_000])
def test_what_is_no_id_is_not_found(api_as: ApiAs, scene: Group, bad: str) -> None:
    api = api_as(scene.people["sender"])
    assert codes(api.act(EDIT, messageId=bad, content="x")) == ["NOT_FOUND"]
    assert codes(api.act(LEAVE, conversationId=bad)) == ["NOT_FOUND"]
    refused = api.act(SEND, conversationId=gid(scene.group), content="x", clientId=str(uuid4()), attachmentIds=[bad])
    assert [(one["code"], one["field"]) for one in refused["messages"]] == [("NOT_FOUND", "attachmentIds")]


def test_what_the_acts_answer(api_as: ApiAs, scene: Group) -> None:
    sender, member = api_as(scene.people["sender"]), api_as(scene.people["member"])
    edited = sender.act(EDIT, messageId=gid(scene.message), content="At ten.")
    assert (edited["content"], edited["isDeleted"], edited["sequence"]) == ("At ten.", False, 1)
    assert edited["editedAt"]
    member.act(REACT, messageId=gid(scene.message), emoji="👍")
    reacted = sender.act(REACT, messageId=gid(scene.message), emoji="🎉")
    assert reacted["reactions"] == [
        {"emoji": "👍", "count": 1, "reactedByMe": False},
        {"emoji": "🎉", "count": 1, "reactedByMe": True},
    ]
    deleted = sender.act(DELETE, messageId=gid(scene.message))
    assert (deleted["content"], deleted["isDeleted"], deleted["id"]) == ("", True, gid(scene.message))
    assert sender.act(DELETE, messageId=gid(scene.message)) == deleted
    assert sender.act(SET_TYPING, conversationId=gid(scene.group), isTyping=False)["isTyping"] is False
    removed = sender.act(REMOVE, conversationId=gid(scene.group), userId=gid(scene.other))
    assert gid(scene.other) not in [person["id"] for person in removed["participants"]]
    added = sender.act(ADD, conversationId=gid(scene.group), userIds=[gid(scene.other)])
    assert added["participants"][-1]["id"] == gid(scene.other)
    left = sender.act(LEAVE, conversationId=gid(scene.group))
    assert gid(scene.people["sender"]) not in [person["id"] for person in left["participants"]]
    assert left["lastMessage"] is None


def test_searching_pages_through_what_was_found(api: Api, api_as: ApiAs, scene: Group) -> None:
    member = scene.people["member"]
    MessageFactory.create_batch(4, conversation=scene.group, sender=member, content="Bring gloves")
    MessageFactory(conversation=conversation_between(UserFactory(), UserFactory()), content="Bring gloves")
    first = api_as(member).ask(SEARCH, query="GLOV bri", first=3)["searchMessages"]
    rest = api_as(member).ask(SEARCH, query="GLOV bri", first=3, after=first["pageInfo"]["endCursor"])["searchMessages"]
    found = [edge["node"] for page in (first, rest) for edge in page["edges"]]
    assert [node["sequence"] for node in found] == [5, 4, 3, 2]
    assert {node["conversation"]["title"] for node in found} == {"Crew"}
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert api_as(scene.people["former"]).ask(SEARCH, query="gloves")["searchMessages"]["edges"] == []
    assert api.error_code(SEARCH, query="gloves") == "UNAUTHENTICATED"


@pytest.mark.parametrize("query", ["", " ", "?!*", "\u200b", "🧤", "x" * 2_000, "a b c d e f g h i j k l m", "a\0b"])
def test_a_query_without_words_or_with_too_many_is_bad_input(api_as: ApiAs, scene: Group, query: str) -> None:
    assert api_as(scene.people["member"]).error_code(SEARCH, query=query) == "BAD_USER_INPUT"


def test_reactions_and_files_of_many_messages_cost_the_same_as_of_one(api_as: ApiAs, scene: Group) -> None:
    document = """query Found { searchMessages(query: "see", first: 50) { edges { node {
      reactions { emoji count reactedByMe } attachments { filename url } conversation { title lastSequence } } } } }"""
    api = api_as(scene.people["member"])
    ReactionFactory(message=scene.message)
    api.ask(document)
    one = len(statements_of(lambda: api.ask(document)))
    for _ in range(4):
        message: Any = MessageFactory(conversation=conversation_between(scene.people["member"], UserFactory()))
        ReactionFactory.create(message=message)
    many = api.ask(document)["searchMessages"]["edges"]
    assert len(many) == 5
    assert all(edge["node"]["reactions"] for edge in many)
    assert len(statements_of(lambda: api.ask(document))) == one
