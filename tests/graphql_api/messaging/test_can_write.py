"""`canWrite` says what a message would meet, for a whole list at once; refusals come as data."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.messaging.models import Conversation, Message
from tests.api import Api, codes, gid
from tests.factories import BlockFactory, UserFactory, conversation_between
from tests.graphql_api.messaging.documents import SEND, START
from tests.midsummer import YEAR
from tests.sql import statements_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midsummer")]
ApiAs = Callable[[User], Api]

LIST = "{ conversations { edges { node { id canWrite } } } }"
MINOR = {"profile__birth_year": YEAR - 16}


def writable(api: Api) -> dict[str, bool]:
    return {edge["node"]["id"]: edge["node"]["canWrite"] for edge in api.ask(LIST)["conversations"]["edges"]}


def test_it_says_what_a_message_would_meet(api_as: ApiAs) -> None:
    ann, ben, cleo, dan, eve = UserFactory.create_batch(5)
    young = UserFactory(**MINOR)
    BlockFactory(blocker=ben, blocked=ann)
    BlockFactory(blocker=ann, blocked=cleo)
    expected = {
        conversation_between(ann, ben): False,
        conversation_between(ann, cleo): False,
        conversation_between(ann, young): False,
        conversation_between(ann, dan): True,
        conversation_between(ann, eve): False,
        conversation_between(ann, ben, cleo, young): True,
    }
    eve.participations.update(left_at=timezone.now())
    assert writable(api_as(ann)) == {gid(one): can for one, can in expected.items()}
    for conversation, can in expected.items():
        answer = api_as(ann).act(SEND, conversationId=gid(conversation), content="Hi", clientId=str(uuid4()))
        if can:
            assert answer["__typename"] == "Message"
        else:
            assert codes(answer) == (["CLOSED"] if conversation.participations.filter(user=eve) else ["FORBIDDEN"])
    assert Message.objects.count() == 2


def test_both_sides_of_a_block_see_the_same(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    BlockFactory(blocker=ann, blocked=ben)
    assert writable(api_as(ann)) == writable(api_as(ben)) == {gid(conversation): False}
    answers = [
        api_as(one).act(SEND, conversationId=gid(conversation), content="x", clientId=str(uuid4()))
        for one in (ann, ben)
    ]
    assert answers[0] == answers[1]
    assert [codes(api_as(one).act(START, participantIds=[gid(other)])) for one, other in ((ann, ben), (ben, ann))] == [
        ["FORBIDDEN"],
        ["FORBIDDEN"],
    ]
    assert Conversation.objects.count() == 1


def test_a_list_costs_the_same_with_one_conversation_and_with_five(api_as: ApiAs) -> None:
    ann = UserFactory()
    api = api_as(ann)
    conversation_between(ann, UserFactory(**MINOR))
    api.ask(LIST)
    one = len(statements_of(lambda: api.ask(LIST)))
    for _ in range(4):
        conversation_between(ann, UserFactory(**MINOR))
        conversation_between(ann, UserFactory())
        blocked = UserFactory()
        conversation_between(ann, blocked)
        BlockFactory(blocker=ann, blocked=blocked)
    assert len(statements_of(lambda: api.ask(LIST))) == one


def test_nobody_is_shown_another_persons_birth_year(api_as: ApiAs) -> None:
    from graphql_api.schema import schema

    printed = schema.as_str().lower()
    assert not [word for word in ("isminor", "isadult", "dateofbirth") if word in printed]
    with_year = [
        name
        for name, kind in schema._schema.type_map.items()
        if not name.endswith("Input") and any("birth" in field.lower() for field in getattr(kind, "fields", {}))
    ]
    assert with_year == ["UserProfile"], "where only its owner sees it"
