"""All of one's conversations in one subscription: those one has, those one gets, and none that one has no more."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from domains.accounts.models import User
from domains.accounts.services import block_user, unblock_user
from domains.messaging import selectors, services
from domains.messaging.models import Conversation
from graphql_api.live.switchboard import switchboard
from graphql_api.messaging.live import inbox, log, readings
from graphql_api.messaging.live.log import logs
from tests.api import gid
from tests.factories import UserFactory, conversation_between
from tests.graphql_api.messaging.documents import INBOX
from tests.graphql_api.messaging.live import soon
from tests.graphql_api.silence import is_silent, until
from tests.sql import statements_of
from tests.subscriptions import follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_connection_is_left")]


def say(actor: User, conversation: Conversation, content: str = "Hello") -> None:
    services.send_message(actor=actor, conversation_id=conversation.pk, content=content, client_id=uuid4())


def make() -> tuple[User, User, User, Conversation, Conversation]:
    ann, ben, cleo = UserFactory.create_batch(3)
    return ann, ben, cleo, conversation_between(ann, ben), conversation_between(ann, ben, cleo)


async def test_a_stranger_has_no_inbox() -> None:
    result = await anext(follow(INBOX))
    assert [error.extensions["code"] for error in result.errors] == ["UNAUTHENTICATED"]


async def test_it_tells_of_every_conversation_with_what_the_list_shows() -> None:
    ann, ben, _cleo, direct, group = await sync_to_async(make)()
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)
    await sync_to_async(say)(ann, direct, "first")
    first = (await soon(upcoming))["inboxEvents"]
    assert first["event"]["message"]["content"] == first["conversation"]["lastMessage"]["content"] == "first"
    assert (first["conversation"]["id"], first["conversation"]["unreadCount"]) == (gid(direct), 1)
    assert [person["id"] for person in first["conversation"]["participants"]] == [gid(ann), gid(ben)]
    await sync_to_async(say)(ann, group, "second")
    second = (await soon(anext(events)))["inboxEvents"]
    assert (second["conversation"]["id"], second["event"]["sequence"]) == (gid(group), 1)
    await sync_to_async(say)(ben, group, "mine")
    mine = (await soon(anext(events)))["inboxEvents"]
    assert (mine["conversation"]["unreadCount"], mine["conversation"]["lastSequence"]) == (1, 2)
    await events.aclose()


async def test_conversations_that_begin_and_groups_one_is_added_to_are_told_of_from_their_beginning() -> None:
    ann, ben, cleo, _, _ = await sync_to_async(make)()
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)
    begin = sync_to_async(services.start_conversation)
    fresh = await begin(actor=cleo, participant_ids=[ben.pk])
    await sync_to_async(say)(cleo, fresh, "nice to meet you")
    event = (await soon(upcoming))["inboxEvents"]
    assert (event["conversation"]["id"], event["event"]["sequence"]) == (gid(fresh), 1)
    older = await begin(actor=cleo, participant_ids=[ann.pk], is_group=True)
    await sync_to_async(say)(cleo, older, "before Ben")
    await sync_to_async(services.add_participants)(actor=cleo, conversation_id=older.pk, user_ids=[ben.pk])
    await sync_to_async(say)(cleo, older, "with Ben")
    found = [(await soon(anext(events)))["inboxEvents"]["event"] for _ in range(2)]
    assert [(one["__typename"], one["sequence"]) for one in found] == [("ParticipantsChanged", 2), ("MessageSent", 3)]
    await events.aclose()


async def test_who_joins_while_older_rights_are_on_their_way_is_not_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben, cleo, _, _ = await sync_to_async(make)()
    group = await sync_to_async(conversation_between)(ann, ben, is_group=True)
    bens, cleos = follow(INBOX, ben), follow(INBOX, cleo)
    bens_next, cleos_next = await is_silent(bens), await is_silent(cleos)

    def slow(**asked: Any) -> readings.Reading:
        found = readings.read(**asked)
        time.sleep(1)
        return found

    monkeypatch.setattr(log, "read", slow)
    await sync_to_async(say)(ann, group, "without Cleo")
    await asyncio.sleep(0.3)
    await sync_to_async(services.add_participants)(actor=ann, conversation_id=group.pk, user_ids=[cleo.pk])
    await soon(bens_next)
    await sync_to_async(say)(ann, group, "with Cleo")
    found = [(await soon(cleos_next))["inboxEvents"]["event"], (await soon(anext(cleos)))["inboxEvents"]["event"]]
    assert [one["sequence"] for one in found] == [2, 3]
    await bens.aclose()
    await cleos.aclose()


async def test_nothing_more_is_told_of_a_conversation_that_one_left_or_was_blocked_in() -> None:
    ann, ben, cleo, direct, group = await sync_to_async(make)()
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)
    await sync_to_async(services.remove_participant)(actor=ann, conversation_id=group.pk, user_id=ben.pk)
    await sync_to_async(say)(cleo, group, "about Ben")
    done, _ = await asyncio.wait([upcoming], timeout=0.7)
    assert not done
    await sync_to_async(say)(ann, direct, "to Ben")
    assert (await soon(upcoming))["inboxEvents"]["event"]["message"]["content"] == "to Ben"
    await until(lambda: logs()._logs.keys() == {direct.pk})  # what nobody may follow is not followed
    await events.aclose()
    assert logs()._logs == {}
    await until(lambda: not switchboard()._handlers)


async def test_a_block_that_is_taken_back_goes_on_where_it_began() -> None:
    ann, ben, _, direct, _ = await sync_to_async(make)()
    await sync_to_async(say)(ann, direct, "long ago")
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)
    await sync_to_async(say)(ann, direct, "before")
    assert (await soon(upcoming))["inboxEvents"]["event"]["message"]["content"] == "before"
    upcoming = await is_silent(events)
    await sync_to_async(block_user)(actor=ann, user_id=ben.pk)
    await asyncio.sleep(0.3)
    await sync_to_async(unblock_user)(actor=ann, user_id=ben.pk)
    await asyncio.sleep(0.3)
    await sync_to_async(say)(ann, direct, "after")
    event = (await soon(upcoming))["inboxEvents"]["event"]
    assert (event["message"]["content"], event["sequence"]) == ("after", 3)
    await events.aclose()


@pytest.mark.parametrize("asks_while_blocked", [True, False])
async def test_what_waited_when_a_block_came_is_told_after_it_in_order(asks_while_blocked: bool) -> None:
    ann, ben, _, direct, _ = await sync_to_async(make)()
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)
    for number in range(1, 4):
        await sync_to_async(say)(ann, direct, f"{number}")
    await asyncio.sleep(0.5)
    assert (await soon(upcoming))["inboxEvents"]["event"]["sequence"] == 1
    await sync_to_async(block_user)(actor=ann, user_id=ben.pk)
    await asyncio.sleep(0.5)
    asked = await is_silent(events) if asks_while_blocked else None
    await sync_to_async(unblock_user)(actor=ann, user_id=ben.pk)
    await asyncio.sleep(0.5)
    await sync_to_async(say)(ann, direct, "4")
    first: Any = asked if asked is not None else anext(events)
    found = [(await soon(first))["inboxEvents"]["event"]["sequence"]]
    found += [(await soon(anext(events)))["inboxEvents"]["event"]["sequence"] for _ in range(2)]
    assert found == [2, 3, 4]
    await events.aclose()


async def test_what_was_about_to_be_told_when_the_right_was_gone_is_told_after_its_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, ben, _, direct, _ = await sync_to_async(make)()
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)
    for number in range(1, 4):
        await sync_to_async(say)(ann, direct, f"{number}")
    await asyncio.sleep(0.5)
    assert (await soon(upcoming))["inboxEvents"]["event"]["sequence"] == 1
    monkeypatch.setattr(inbox, "FRESH_SECONDS", 0.1)
    monkeypatch.setattr("domains.base.live.broadcast", lambda *_, **__: None)
    await sync_to_async(block_user)(actor=ann, user_id=ben.pk)
    upcoming = await is_silent(events)
    monkeypatch.undo()
    await sync_to_async(unblock_user)(actor=ann, user_id=ben.pk)
    assert (await soon(upcoming))["inboxEvents"]["event"]["sequence"] == 2
    assert (await soon(anext(events)))["inboxEvents"]["event"]["sequence"] == 3
    await events.aclose()


async def test_a_block_and_its_end_within_one_read_leave_nobody_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben, _, direct, _ = await sync_to_async(make)()
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)

    def slow(**asked: Any) -> readings.Reading:
        found = readings.read(**asked)
        time.sleep(1)
        return found

    monkeypatch.setattr(log, "read", slow)
    await sync_to_async(block_user)(actor=ann, user_id=ben.pk)
    await asyncio.sleep(0.3)
    await sync_to_async(unblock_user)(actor=ann, user_id=ben.pk)
    await asyncio.sleep(1.5)
    await sync_to_async(say)(ann, direct, "still here")
    assert (await soon(upcoming))["inboxEvents"]["event"]["message"]["content"] == "still here"
    await events.aclose()


async def test_who_comes_back_to_a_direct_conversation_is_told_nothing_old() -> None:
    ann, ben, _, direct, _ = await sync_to_async(make)()
    for number in range(3):
        await sync_to_async(say)(ann, direct, f"old {number}")
    events = follow(INBOX, ben)
    upcoming = await is_silent(events)
    await sync_to_async(services.leave_conversation)(actor=ben, conversation_id=direct.pk)
    await until(lambda: direct.pk not in logs()._logs)
    await sync_to_async(services.start_conversation)(actor=ben, participant_ids=[ann.pk])
    back = (await soon(upcoming))["inboxEvents"]["event"]
    assert (back["__typename"], back["sequence"]) == ("ParticipantsChanged", 5)
    await sync_to_async(say)(ann, direct, "new")
    assert (await soon(anext(events)))["inboxEvents"]["event"]["sequence"] == 6
    await events.aclose()


async def test_two_inboxes_cost_the_same_reads_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben, cleo, _, group = await sync_to_async(make)()
    reads: list[Any] = []
    monkeypatch.setattr(inbox, "_find_overviews", _counting(reads, inbox._find_overviews))
    inbox._loaders.clear()
    streams = [follow(INBOX, person) for person in (ann, ben, cleo)]
    upcoming = [await is_silent(stream) for stream in streams]
    await sync_to_async(say)(ann, group, "to all")
    unread = [(await soon(one))["inboxEvents"]["conversation"]["unreadCount"] for one in upcoming]
    assert unread == [0, 1, 1]
    assert sum(len(pairs) for pairs in reads) == 3
    assert len(reads) <= 2, "those who ask in one moment are answered by one read"
    for stream in streams:
        await stream.aclose()
    inbox._loaders.clear()


def _counting(reads: list[Any], find: Any) -> Any:
    async def counted(pairs: list[tuple[int, int]]) -> Any:
        reads.append(pairs)
        return await find(pairs)

    return counted


def test_overviews_cost_the_same_for_1_viewer_and_for_5() -> None:
    people = UserFactory.create_batch(5)
    group = conversation_between(*people)
    say(people[0], group)
    one = statements_of(lambda: selectors.find_overviews(pairs=[(group.pk, people[1].pk)]))
    five = statements_of(lambda: selectors.find_overviews(pairs=[(group.pk, person.pk) for person in people]))
    assert len(one) == len(five)
    found = selectors.find_overviews(pairs=[(group.pk, person.pk) for person in people])
    unread: list[Any] = [getattr(found[group.pk, person.pk], "unread_count", None) for person in people]
    assert unread == [0, 1, 1, 1, 1]
