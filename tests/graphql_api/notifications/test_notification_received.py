"""Hearing of notifications live: each once, whatever the wake-ups do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from domains.accounts.models import User
from domains.base import live
from domains.messaging import services as messaging
from domains.notifications import selectors, services
from domains.notifications.models import NotificationKind
from graphql_api.live import news as feeds
from tests import subscriptions
from tests.api import gid
from tests.factories import NotificationFactory, PreferenceFactory, UserFactory, conversation_between
from tests.graphql_api.notifications.documents import FOLLOW
from tests.graphql_api.silence import is_silent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_connection_is_left")]

KIND = NotificationKind.APPLICATION_DECIDED


def follow(viewer: User | None, document: str = FOLLOW) -> AsyncGenerator[Any, None]:
    return subscriptions.follow(document, viewer)


async def title_of(upcoming: Any, patience: float = 30) -> str:
    result = await asyncio.wait_for(upcoming, patience)
    assert not result.errors, result.errors
    title: str = result.data["notificationReceived"]["title"]
    return title


def tell(*people: User, title: str, kind: NotificationKind = KIND) -> None:
    services.notify(recipient_ids=[one.pk for one in people], kind=kind, template=title, source_id=1, title=title)


async def test_a_stranger_hears_nothing() -> None:
    result = await anext(follow(None))
    assert [error.extensions["code"] for error in result.errors] == ["UNAUTHENTICATED"]


async def test_what_comes_is_heard_on_every_device_at_once_and_nobody_else_hears_it() -> None:
    ann, ben = await sync_to_async(UserFactory.create_batch)(2)
    await sync_to_async(NotificationFactory)(recipient=ann, title="From before")
    devices = [follow(ann) for _ in range(3)]
    others = follow(ben)
    upcoming = [await is_silent(one) for one in devices]
    silent = await is_silent(others)
    await sync_to_async(tell)(ann, title="News")
    for answer in upcoming:
        result = await asyncio.wait_for(answer, 30)
        assert set(result.data["notificationReceived"]) == {"id", "kind", "title", "body", "createdAt"}
        assert result.data["notificationReceived"]["title"] == "News"
    silent.cancel()
    for one in devices:
        (await is_silent(one)).cancel()


async def test_ten_at_once_come_in_order_and_once() -> None:
    ann = await sync_to_async(UserFactory)()
    news = follow(ann)
    upcoming = await is_silent(news)
    for number in range(10):
        await sync_to_async(tell)(ann, title=f"News {number}")
    titles = [await title_of(upcoming)] + [await title_of(anext(news)) for _ in range(9)]
    assert titles == [f"News {number}" for number in range(10)]
    for _ in range(3):
        await sync_to_async(live.broadcast)(f"user.{ann.pk}", notifications="new")
    (await is_silent(news)).cancel()


async def test_a_lost_wake_up_delays_but_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "IDLE_POLL_SECONDS", 1.0)
    monkeypatch.setattr(live, "broadcast", lambda *_, **__: None)
    ann = await sync_to_async(UserFactory)()
    news = follow(ann)
    upcoming = await is_silent(news)
    await sync_to_async(tell)(ann, title="News")
    assert await title_of(upcoming) == "News"
    await news.aclose()


async def test_what_was_written_earlier_and_commits_late_is_heard_once() -> None:
    ann = await sync_to_async(UserFactory)()
    news = follow(ann)
    upcoming = await is_silent(news)
    await sync_to_async(tell)(ann, title="First")
    assert await title_of(upcoming) == "First"
    before = timezone.now() - timedelta(seconds=20)
    upcoming = await is_silent(news)
    await sync_to_async(NotificationFactory)(recipient=ann, title="Late", created_at=before)
    await sync_to_async(live.broadcast)(f"user.{ann.pk}", notifications="new")
    assert await title_of(upcoming) == "Late"
    (await is_silent(news)).cancel()


async def test_wake_ups_about_other_things_ask_the_database_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await sync_to_async(UserFactory)()
    looks: list[Any] = []
    find = selectors.find_notifications_since

    def look(**asked: Any) -> list[Any]:
        looks.append(asked)
        return find(**asked)

    monkeypatch.setattr(selectors, "find_notifications_since", look)
    news = follow(ann)
    upcoming = await is_silent(news)
    for number in range(20):
        await sync_to_async(live.broadcast)(f"user.{ann.pk}", conversation_id=number, sequence=number)
    await asyncio.sleep(0.3)
    assert len(looks) < 5, "the first one, and perhaps one that a late heartbeat asks for"
    upcoming.cancel()


async def test_what_is_not_for_the_list_is_not_heard_nor_anything_once_the_account_is_closed() -> None:
    ann = await sync_to_async(UserFactory)()
    await sync_to_async(PreferenceFactory)(user=ann, kind=KIND, in_app=False, email=True)
    news = follow(ann)
    upcoming = await is_silent(news)
    await sync_to_async(tell)(ann, title="Hidden")
    await asyncio.sleep(0.5)
    assert not upcoming.done()
    await User.objects.filter(pk=ann.pk).aupdate(is_active=False)
    await sync_to_async(tell)(ann, title="Shown", kind=NotificationKind.OFFER_MADE)
    await asyncio.sleep(0.5)
    assert not upcoming.done()
    upcoming.cancel()


async def test_a_message_is_heard_of_at_once_and_leads_to_its_conversation() -> None:
    ann, ben = await sync_to_async(UserFactory.create_batch)(2)
    talk = await sync_to_async(conversation_between)(ann, ben)
    news = follow(ben, "subscription { notificationReceived { kind title subject { __typename id } } }")
    upcoming = await is_silent(news)
    for _ in range(2):
        await sync_to_async(messaging.send_message)(
            actor=ann, conversation_id=talk.pk, content="Hello", client_id=uuid4()
        )
    result = await asyncio.wait_for(upcoming, 5)
    assert result.data["notificationReceived"] == {
        "kind": "MESSAGE_RECEIVED",
        "title": f"New message from {ann.display_name}",
        "subject": {"__typename": "Conversation", "id": gid(talk)},
    }
    (await is_silent(news)).cancel()
