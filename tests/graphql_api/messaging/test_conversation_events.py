"""Following a conversation: each event once and in order, whatever the wake-ups do, and only while one takes part."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from domains.accounts.models import User
from domains.accounts.services import block_user
from domains.base import live
from domains.messaging import services
from domains.messaging.models import Conversation
from graphql_api.live import database
from graphql_api.live.outbound import Outbound
from graphql_api.messaging.live import followers, log, readings
from tests import subscriptions
from tests.api import gid
from tests.factories import ConversationEventFactory, MessageFactory, UserFactory, conversation_between
from tests.graphql_api.messaging.documents import FOLLOW
from tests.graphql_api.messaging.live import soon
from tests.graphql_api.silence import is_silent, until
from tests.sql import statements_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_connection_is_left")]

#: Seconds within which what is told live comes, however busy the machine is; who only looks does so every 25.
SOON = 10
MAY = """subscription ($id: ID!) { conversationEvents(conversationId: $id, afterSequence: 0) {
  ... on MessageSent { message { canEdit canDelete } } } }"""


def say(actor: User, conversation: Conversation, content: str = "Hello") -> None:
    services.send_message(actor=actor, conversation_id=conversation.pk, content=content, client_id=uuid4())


def make_talk(**fields: Any) -> tuple[Conversation, User, User]:
    ann, ben = UserFactory.create_batch(2)
    return conversation_between(ann, ben, **fields), ann, ben


def follow(viewer: User | None, conversation: Conversation, after: int | None = None) -> AsyncGenerator[Any, None]:
    return subscriptions.follow(FOLLOW, viewer, conversationId=gid(conversation), afterSequence=after)


async def sequences(events: AsyncGenerator[Any, None], count: int, patience: float = SOON) -> list[int]:
    found = []
    async with asyncio.timeout(patience):
        for _ in range(count):
            result = await anext(events)
            assert not result.errors, result.errors
            found.append(result.data["conversationEvents"]["sequence"])
    return found


@pytest.mark.parametrize(
    ("who", "code"), [("a stranger", "UNAUTHENTICATED"), ("another", "FORBIDDEN"), ("left", "FORBIDDEN")]
)
async def test_others_cannot_follow(who: str, code: str) -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(say)(ann, talk)
    await talk.participations.filter(user=ben).aupdate(left_at=timezone.now())
    viewers = {"a stranger": None, "another": await sync_to_async(UserFactory)(), "left": ben}
    result = await anext(follow(viewers[who], talk, after=0))
    assert (result.data, [error.extensions["code"] for error in result.errors]) == (None, [code])


async def test_it_catches_up_and_goes_live_without_a_hole_or_a_double() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    for _ in range(3):
        await sync_to_async(say)(ann, talk)
    events = follow(ben, talk, after=1)
    assert await sequences(events, 2) == [2, 3]
    upcoming = await is_silent(events)
    await sync_to_async(say)(ann, talk, "live")
    result = await asyncio.wait_for(upcoming, SOON)
    assert result.data["conversationEvents"]["message"]["content"] == "live"
    await sync_to_async(say)(ben, talk)
    assert await sequences(events, 1) == [5]
    await events.aclose()


async def test_each_follower_is_told_what_they_may_do_with_a_message_themselves() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(say)(ann, talk)
    told = []
    for viewer in (ann, ben):
        events = subscriptions.follow(MAY, viewer, id=gid(talk))
        told.append((await soon(anext(events)))["conversationEvents"]["message"])
        await events.aclose()
    assert told == [{"canEdit": True, "canDelete": True}, {"canEdit": False, "canDelete": False}]


async def test_without_a_cursor_it_begins_with_what_comes_next() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(say)(ann, talk)
    events = follow(ben, talk)
    upcoming = await is_silent(events)
    await sync_to_async(say)(ann, talk)
    assert (await asyncio.wait_for(upcoming, SOON)).data["conversationEvents"]["sequence"] == 2
    await events.aclose()


async def test_more_than_a_page_comes_whole_while_more_is_said() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(MessageFactory.create_batch)(230, conversation=talk, sender=ann)
    events = follow(ben, talk, after=0)
    found = await sequences(events, 50)
    await sync_to_async(say)(ann, talk)
    found += await sequences(events, 181)
    assert found == list(range(1, 232))
    await events.aclose()


async def test_storms_of_wrong_late_and_doubled_wake_ups_change_nothing() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    events = follow(ben, talk, after=0)
    upcoming = await is_silent(events)
    for sequence in (1, 7, 0):
        await sync_to_async(live.broadcast)(f"conversation.{talk.pk}", sequence=sequence)
    await sync_to_async(say)(ann, talk)
    for _ in range(100):
        await sync_to_async(live.broadcast)(f"conversation.{talk.pk}", sequence=1)
    assert (await asyncio.wait_for(upcoming, SOON)).data["conversationEvents"]["sequence"] == 1
    await sync_to_async(say)(ann, talk)
    assert await sequences(events, 1) == [2]
    (await is_silent(events)).cancel()


async def test_lost_wake_ups_delay_but_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "IDLE_POLL_SECONDS", 1.0)
    monkeypatch.setattr(live, "broadcast", lambda *_, **__: None)
    talk, ann, ben = await sync_to_async(make_talk)()
    events = follow(ben, talk, after=0)
    upcoming = await is_silent(events)
    for _ in range(3):
        await sync_to_async(say)(ann, talk)
    assert (await asyncio.wait_for(upcoming, SOON)).data["conversationEvents"]["sequence"] == 1
    assert await sequences(events, 2) == [2, 3]
    await events.aclose()


async def test_it_ends_for_one_who_no_longer_takes_part_and_goes_on_for_the_others() -> None:
    talk, ann, ben = await sync_to_async(make_talk)(is_group=True)
    bens, anns = follow(ben, talk, after=0), follow(ann, talk, after=0)
    bens_next, anns_next = await is_silent(bens), await is_silent(anns)
    await talk.participations.filter(user=ben).aupdate(left_at=timezone.now())
    await sync_to_async(say)(ann, talk, "about Ben")
    assert (await asyncio.wait_for(anns_next, SOON)).data["conversationEvents"]["sequence"] == 1
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(bens_next, SOON)
    await anns.aclose()


async def test_a_slow_reader_is_asked_for_the_right_again(monkeypatch: pytest.MonkeyPatch) -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(MessageFactory.create_batch)(5, conversation=talk, sender=ann)
    monkeypatch.setattr(log, "FRESH_SECONDS", 0.2)
    events = follow(ben, talk, after=0)
    assert await sequences(events, 2) == [1, 2]
    await talk.participations.filter(user=ben).aupdate(left_at=timezone.now())
    await asyncio.sleep(0.3)
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(events), SOON)


async def test_many_slow_readers_are_asked_for_by_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    people = await sync_to_async(UserFactory.create_batch)(5)
    talk = await sync_to_async(conversation_between)(*people)
    streams = [follow(person, talk, after=0) for person in people]
    upcoming = [await is_silent(stream) for stream in streams]
    for _ in range(4):
        await sync_to_async(say)(people[0], talk)
    await asyncio.gather(*upcoming)
    asked: list[Any] = []
    allowed = log.Logs.allowed

    async def counted(self: log.Logs, keys: list[int]) -> Any:
        asked.append(keys)
        return await allowed(self, keys)

    monkeypatch.setattr(log.Logs, "allowed", counted)
    monkeypatch.setattr(log, "FRESH_SECONDS", 0.3)
    await asyncio.sleep(0.4)
    assert await asyncio.gather(*(sequences(stream, 3) for stream in streams)) == [[2, 3, 4]] * 5
    assert len(asked) < len(people), "one question for all of a moment"
    for stream in streams:
        await stream.aclose()


async def test_read_receipts_come_live_and_changes_of_people_from_the_log() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(say)(ann, talk)
    events = follow(ann, talk)
    upcoming = await is_silent(events)
    await sync_to_async(services.mark_conversation_read)(actor=ben, conversation_id=talk.pk, up_to_sequence=1)
    receipt = (await asyncio.wait_for(upcoming, SOON)).data["conversationEvents"]
    assert receipt == {"__typename": "ConversationRead", "reader": {"id": gid(ben)}, "upToSequence": 1}
    await talk.arefresh_from_db()
    await sync_to_async(ConversationEventFactory)(conversation=talk)
    await sync_to_async(live.broadcast)(f"conversation.{talk.pk}", sequence=2)
    changed = (await asyncio.wait_for(anext(events), SOON)).data["conversationEvents"]
    assert (changed["__typename"], changed["sequence"]) == ("ParticipantsChanged", 2)
    assert [person["id"] for person in changed["participants"]] == [gid(ann), gid(ben)]
    await events.aclose()


async def test_receipts_that_others_have_overtaken_are_not_told() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    for _ in range(4):
        await sync_to_async(say)(ann, talk)
    events = follow(ann, talk)
    upcoming = await is_silent(events)
    for read in (3, 2, 3, 4):
        await sync_to_async(live.broadcast)(f"conversation.{talk.pk}", reader_id=ben.pk, up_to_sequence=read)
    told = [await asyncio.wait_for(upcoming, SOON), await asyncio.wait_for(anext(events), SOON)]
    assert [one.data["conversationEvents"]["upToSequence"] for one in told] == [3, 4]
    await events.aclose()


@pytest.mark.parametrize(
    ("variables", "code"), [({"afterSequence": -1}, "BAD_USER_INPUT"), ({"conversationId": "nonsense"}, "FORBIDDEN")]
)
async def test_what_cannot_be_followed_is_refused(variables: dict[str, Any], code: str) -> None:
    talk, ann, _ = await sync_to_async(make_talk)()
    result = await anext(subscriptions.follow(FOLLOW, ann, **{"conversationId": gid(talk), **variables}))
    assert [error.extensions["code"] for error in result.errors] == [code]


async def test_a_sequence_that_is_yet_to_come_is_refused_instead_of_waiting_in_silence() -> None:
    conversation, ann, _ = await sync_to_async(make_talk)()
    events = follow(ann, conversation, after=99_999)
    result = await anext(events)
    assert result.errors[0].extensions["code"] == "BAD_USER_INPUT"
    await events.aclose()


async def read_all(streams: list[AsyncGenerator[Any, None]], after: Any) -> list[list[str]]:
    """Let all follow, do something, and return what they were told by how it was read: the statements of each read."""
    upcoming = [await is_silent(stream) for stream in streams]
    reads: list[list[str]] = []

    def counted(**asked: Any) -> readings.Reading:
        found: list[readings.Reading] = []
        reads.append(statements_of(lambda: found.append(readings.read(**asked))))
        return found[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "read", counted)
        await after()
        results = [(await asyncio.wait_for(one, SOON)).data["conversationEvents"] for one in upcoming]
    assert all(result == results[0] for result in results)
    return reads


@pytest.mark.parametrize("kind", ["message", "people"])
async def test_news_are_read_once_however_many_follow(kind: str) -> None:
    people = await sync_to_async(UserFactory.create_batch)(5)
    talk = await sync_to_async(conversation_between)(*people)

    async def happen() -> None:
        if kind == "people":
            await sync_to_async(services.rename_conversation)(
                actor=people[0], conversation_id=talk.pk, title=uuid4().hex
            )
        else:
            await sync_to_async(say)(people[0], talk)

    streams = [follow(people[1], talk)]
    one = await read_all(streams, happen)
    streams += [follow(person, talk) for person in people[2:]]
    streams += [follow(people[0], talk)]
    five = await read_all(streams, happen)
    assert len(one) == len(five) == 1
    assert len(one[0]) == len(five[0]) <= 3
    for stream in streams:
        await stream.aclose()


async def test_a_block_ends_the_following_for_both_at_once() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    streams = [follow(ann, talk), follow(ben, talk)]
    upcoming = [await is_silent(stream) for stream in streams]
    await sync_to_async(block_user)(actor=ann, user_id=ben.pk)
    for one in upcoming:
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(one, SOON)
    result = await anext(follow(ben, talk))
    assert [error.extensions["code"] for error in result.errors] == ["FORBIDDEN"]


async def test_typing_is_told_to_the_others_only() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    anns, bens = follow(ann, talk), follow(ben, talk)
    anns_next, bens_next = await is_silent(anns), await is_silent(bens)
    await sync_to_async(services.set_typing)(actor=ben, conversation_id=talk.pk, is_typing=True)
    typing = (await asyncio.wait_for(anns_next, SOON)).data["conversationEvents"]
    assert typing == {
        "__typename": "ParticipantTyping",
        "participant": {"id": gid(ben), "displayName": ben.display_name},
        "isTyping": True,
    }
    await sync_to_async(say)(ben, talk)
    assert (await asyncio.wait_for(bens_next, SOON)).data["conversationEvents"]["__typename"] == "MessageSent"
    await anns.aclose()
    await bens.aclose()


async def test_each_act_is_told_with_what_is_true_now() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(say)(ann, talk, "Helo")
    message = await talk.messages.aget()
    events = follow(ben, talk, after=1)
    upcoming = await is_silent(events)
    await sync_to_async(services.edit_message)(actor=ann, message_id=message.pk, content="Hello")
    edited = (await asyncio.wait_for(upcoming, SOON)).data["conversationEvents"]
    assert (edited["__typename"], edited["sequence"], edited["message"]["content"]) == ("MessageEdited", 2, "Hello")
    await sync_to_async(services.react_to_message)(actor=ben, message_id=message.pk, emoji="👍")
    reacted = (await asyncio.wait_for(anext(events), SOON)).data["conversationEvents"]
    assert reacted == {
        "__typename": "MessageReacted",
        "sequence": 3,
        "messageId": gid(message),
        "emoji": "👍",
        "count": 1,
    }
    await sync_to_async(services.delete_message)(actor=ann, message_id=message.pk)
    deleted = (await asyncio.wait_for(anext(events), SOON)).data["conversationEvents"]
    assert deleted == {"__typename": "MessageDeleted", "sequence": 4, "messageId": gid(message)}
    again = follow(ben, talk, after=0)
    assert await sequences(again, 4) == [1, 2, 3, 4]
    await again.aclose()
    await events.aclose()


WITH_CONVERSATION = """subscription ($conversationId: ID!) { conversationEvents(conversationId: $conversationId) {
  ... on MessageSent { sequence message { ...Whole } } } }
fragment Whole on Message { id conversation { id unreadCount canWrite participants { id } lastMessage { content } } }"""


async def test_what_differs_by_viewer_is_each_ones_own() -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    streams = [subscriptions.follow(WITH_CONVERSATION, person, conversationId=gid(talk)) for person in (ann, ben)]
    upcoming = [await is_silent(stream) for stream in streams]
    await sync_to_async(say)(ann, talk, "Hello")
    shown = [(await soon(one))["conversationEvents"]["message"]["conversation"] for one in upcoming]
    assert [one.pop("unreadCount") for one in shown] == [0, 1]
    assert shown[0] == shown[1]
    assert shown[0]["lastMessage"] == {"content": "Hello"}
    for stream in streams:
        await stream.aclose()


async def test_a_database_that_is_away_for_a_moment_loses_nothing_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(MessageFactory.create_batch)(3, conversation=talk, sender=ann)
    failures = [OperationalError("gone"), OperationalError("gone")]

    def fails_twice(**asked: Any) -> readings.Reading:
        if failures:
            raise failures.pop()
        return readings.read(**asked)

    monkeypatch.setattr(database, "RETRY", 0.05)
    monkeypatch.setattr(followers, "read", fails_twice)
    events = follow(ben, talk, after=0)
    assert await sequences(events, 3) == [1, 2, 3]
    assert not failures
    await events.aclose()


async def test_the_heads_are_told_with_the_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "IDLE_POLL_SECONDS", 0.3)
    talk, ann, ben = await sync_to_async(make_talk)()
    await sync_to_async(say)(ann, talk)
    told: list[dict[str, Any]] = []

    async def send(text: str) -> None:
        told.append(json.loads(text))

    stream = followers.ConversationStream(ben, talk.pk, Outbound(send))
    await stream.begin(0)
    await until(lambda: told)
    assert told[0] == {"type": "ping", "payload": {"heads": {gid(talk): 1}}}
    await stream.aclose()
    number = len(told)
    await asyncio.sleep(0.5)
    assert len(told) == number, "who follows nothing is told nothing"
