"""The acts on conversations, as a frontend calls them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.messaging.models import Conversation, Message
from tests.api import Api, codes, gid
from tests.factories import MessageFactory, UserFactory, conversation_between
from tests.graphql_api.messaging.documents import MARK_READ, SEND, START

pytestmark = pytest.mark.django_db(transaction=True)
ApiAs = Callable[[User], Api]


def test_two_people_start_talking_and_find_the_same_conversation(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    begun = api_as(ann).act(START, participantIds=[gid(ben)])
    assert begun["__typename"] == "Conversation", begun
    assert (begun["lastSequence"], begun["unreadCount"], begun["lastMessage"], begun["isGroup"]) == (0, 0, None, False)
    assert {person["id"] for person in begun["participants"]} == {gid(ann), gid(ben)}
    again = api_as(ben).act(START, participantIds=[gid(ann)], isGroup=False)
    assert again["id"] == begun["id"]
    assert Conversation.objects.count() == 1


def test_a_group_has_a_title(api_as: ApiAs) -> None:
    ann, *others = UserFactory.create_batch(3)
    begun = api_as(ann).act(START, participantIds=[gid(user) for user in others], title="Crew", isGroup=True)
    assert (begun["title"], begun["isGroup"], len(begun["participants"])) == ("Crew", True, 3)


def test_a_conversation_that_cannot_be_started(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    for ids in (["nonsense"], [gid(ben), "VXNlcjo5OTk5OTk="], [gid(conversation_between(ann, UserFactory()))]):
        refused = api_as(ann).act(START, participantIds=ids)
        assert (codes(refused), refused["messages"][0]["field"]) == (["NOT_FOUND"], "participantIds")
    assert codes(api_as(ann).act(START, participantIds=[gid(ann)])) == ["INVALID"]
    assert codes(api_as(UserFactory(unverified=True)).act(START, participantIds=[gid(ben)])) == ["EMAIL_NOT_VERIFIED"]
    assert codes(api_as(ann).act(START, participantIds=[gid(ben)], opportunityId="nonsense")) == ["NOT_FOUND"]
    assert Conversation.objects.count() == 1, "only the one that the test made"


def test_a_message_is_said_once_however_often_it_is_sent(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    client_id = str(uuid4())
    sent = [
        api_as(ann).act(SEND, conversationId=gid(conversation), content=words, clientId=client_id)
        for words in ("Hello", "Hello", "Hello, I said")
    ]
    assert sent[0]["__typename"] == "Message", sent
    assert sent[0] == sent[1] == sent[2]
    assert (sent[0]["sequence"], sent[0]["clientId"], sent[0]["sender"]["id"]) == (1, client_id, gid(ann))
    assert Message.objects.count() == 1


def test_only_participants_send(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    conversation.participations.filter(user=ben).update(left_at=timezone.now())
    for actor in (ben, UserFactory(), UserFactory(overseer=True)):
        refused = api_as(actor).act(SEND, conversationId=gid(conversation), content="x", clientId=str(uuid4()))
        assert (codes(refused), refused["messages"][0]["field"]) == (["NOT_FOUND"], "conversationId")
    assert codes(api_as(ann).act(SEND, conversationId=gid(conversation), content=" ", clientId=str(uuid4()))) == [
        "REQUIRED"
    ]
    assert not Message.objects.exists()
    conversation.refresh_from_db()
    assert conversation.last_sequence == 0


def test_reading_lowers_the_count_of_what_is_unread(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    conversation = conversation_between(ann, ben)
    MessageFactory.create_batch(3, conversation=conversation, sender=ann)
    marked = api_as(ben).act(MARK_READ, conversationId=gid(conversation), upToSequence=2)
    assert (marked["__typename"], marked["unreadCount"], marked["lastSequence"]) == ("Conversation", 1, 3)
    assert codes(api_as(UserFactory()).act(MARK_READ, conversationId=gid(conversation), upToSequence=2)) == [
        "NOT_FOUND"
    ]
