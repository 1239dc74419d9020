"""`canEdit` and `canDelete` say what the mutations would, for a whole page at once; events bring their message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.messaging import services
from domains.messaging.models import Message
from domains.messaging.policies import EDIT_WINDOW
from graphql_api.live.selections import is_same_for_all
from graphql_api.schema import schema
from tests.api import Api, codes, gid
from tests.factories import BlockFactory, MessageFactory, UserFactory, conversation_between
from tests.graphql_api.messaging.documents import DELETE, EDIT, REACT
from tests.midsummer import YEAR
from tests.sql import statements_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midsummer")]
ApiAs = Callable[[User | None], Api]

PAGE = """query ($id: ID!) { conversation(id: $id) { messages(first: 50) { nodes { id canEdit canDelete } } } }"""
CORE: Any = schema._schema


def flags(api: Api, message: Message) -> tuple[bool, bool]:
    nodes = api.ask(PAGE, id=gid(message.conversation))["conversation"]["messages"]["nodes"]
    (one,) = [node for node in nodes if node["id"] == gid(message)]
    return one["canEdit"], one["canDelete"]


def direct(sender: User, other: User, **fields: Any) -> Message:
    return MessageFactory(conversation=conversation_between(sender, other), sender=sender, **fields)


def own(sender: User) -> Message:
    return direct(sender, UserFactory())


def old(sender: User) -> Message:
    return direct(sender, UserFactory(), sent_at=timezone.now() - EDIT_WINDOW - timedelta(seconds=1))


def nearly_old(sender: User) -> Message:
    return direct(sender, UserFactory(), sent_at=timezone.now() - EDIT_WINDOW + timedelta(minutes=1))


def deleted(sender: User) -> Message:
    return direct(sender, UserFactory(), content="", deleted_at=timezone.now())


def of_another(sender: User) -> Message:
    return MessageFactory(conversation=conversation_between(sender, other := UserFactory()), sender=other)


def to_somebody_who_blocked(sender: User) -> Message:
    BlockFactory(blocker=(other := UserFactory()), blocked=sender)
    return direct(sender, other)


def to_a_minor(sender: User) -> Message:
    return direct(sender, UserFactory(profile__birth_year=YEAR - 16))


def to_somebody_who_left(sender: User) -> Message:
    message = direct(sender, other := UserFactory())
    message.conversation.participations.filter(user=other).update(left_at=timezone.now())
    return message


def in_a_group_with_somebody_blocked(sender: User) -> Message:
    BlockFactory(blocker=sender, blocked=(other := UserFactory()))
    return MessageFactory(conversation=conversation_between(sender, other, UserFactory()), sender=sender)


@pytest.mark.parametrize(
    "case",
    [own, old, nearly_old, deleted, of_another, to_somebody_who_blocked, to_a_minor, to_somebody_who_left,
     in_a_group_with_somebody_blocked],
)  # fmt: skip
def test_they_say_what_the_mutations_would(api_as: ApiAs, case: Callable[[User], Message]) -> None:
    sender = UserFactory()
    message = case(sender)
    was_deleted = message.deleted_at is not None
    api = api_as(sender)
    can_edit, can_delete = flags(api, message)
    edited = api.act(EDIT, messageId=gid(message), content="Other words")
    assert (edited["__typename"] == "Message") is can_edit, edited
    gone = api.act(DELETE, messageId=gid(message))
    # Deleting again answers the same, but there is nothing to offer.
    assert (gone["__typename"] == "Message" and not was_deleted) is can_delete, gone


def test_they_are_false_for_strangers_and_for_staff_who_read_along(api_as: ApiAs) -> None:
    message = own(UserFactory())
    ask = f'{{ node(id: "{gid(message)}") {{ ... on Message {{ canEdit canDelete }} }} }}'
    assert [api_as(one).ask(ask)["node"] for one in (None, UserFactory(is_staff=True))] == [None, None]


def test_a_page_costs_the_same_with_one_message_and_with_ten(api_as: ApiAs) -> None:
    ann, ben = UserFactory(), UserFactory()
    talk = conversation_between(ann, ben)
    api = api_as(ann)
    costs = []
    for number in (1, 9):
        for sender in (ann, ben):
            MessageFactory.create_batch(number, conversation=talk, sender=sender)
        api.ask(PAGE, id=gid(talk))
        costs.append(len(statements_of(lambda: api.ask(PAGE, id=gid(talk)))))
    assert costs[0] == costs[1]


EVENTS = """query ($id: ID!) { conversation(id: $id) { events(afterSequence: 0) { __typename
  ... on MessageDeleted { messageId message { id content isDeleted canEdit } }
  ... on MessageReacted { messageId count message { id content reactions { emoji count reactedByMe } } } } } }"""


def test_what_was_deleted_or_reacted_to_comes_with_its_event(api_as: ApiAs) -> None:
    ann, ben = UserFactory(), UserFactory()
    talk = conversation_between(ann, ben)
    for number in range(2):
        message = services.send_message(actor=ann, conversation_id=talk.pk, content=f"{number}", client_id=uuid4())
        api_as(ben).act(REACT, messageId=gid(message), emoji="🎉")
    assert not codes_of(api_as(ann).act(DELETE, messageId=gid(message)))
    asked = api_as(ben).ask(EVENTS, id=gid(talk))["conversation"]["events"]
    kept, gone = (event for event in asked if event["__typename"] == "MessageReacted")
    assert kept["message"] == {
        "id": kept["messageId"], "content": "0", "reactions": [{"emoji": "🎉", "count": 1, "reactedByMe": True}],
    }  # fmt: skip
    assert gone["message"] == {"id": gid(message), "content": "", "reactions": []}
    (deleted,) = (event for event in asked if event["__typename"] == "MessageDeleted")
    assert deleted["message"] == {"id": gid(message), "content": "", "isDeleted": True, "canEdit": False}


def codes_of(answer: dict[str, Any]) -> list[str]:
    return codes(answer) if answer["__typename"] == "OperationInfo" else []


def test_the_log_costs_the_same_with_one_of_each_and_with_five(api_as: ApiAs) -> None:
    ann, ben = UserFactory(), UserFactory()
    talk = conversation_between(ann, ben)
    api, costs = api_as(ben), []
    for number in (1, 4):
        for _ in range(number):
            for act in (DELETE, None):
                message = services.send_message(actor=ann, conversation_id=talk.pk, content="x", client_id=uuid4())
                services.react_to_message(actor=ben, message_id=message.pk, emoji="🎉", remove=False)
                if act:
                    services.delete_message(actor=ann, message_id=message.pk)
        api.ask(EVENTS, id=gid(talk))
        costs.append(len(statements_of(lambda: api.ask(EVENTS, id=gid(talk)))))
    assert costs[0] == costs[1]


AROUND = 'subscription { conversationEvents(conversationId: "x") { %s } }'


@pytest.mark.parametrize(
    ("selected", "is_shared"),
    [
        ("... on MessageDeleted { message { id isDeleted } }", True),
        ("... on MessageDeleted { message { canDelete } }", False),
        ("... on MessageSent { message { canEdit } }", False),
        ("... on MessageReacted { message { id } }", False),
        ("... on MessageReacted { messageId count }", True),
    ],
)
def test_what_differs_by_viewer_is_not_shared(selected: str, is_shared: bool) -> None:
    assert is_same_for_all(CORE, AROUND % selected, None) is is_shared
