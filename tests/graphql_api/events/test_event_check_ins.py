"""Following an event's check-ins live: each scan once, whatever the wake-ups do, and only while one may check in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from domains.accounts.models import User
from domains.base import live
from domains.events import selectors
from domains.events.models import Event, EventTicket, Scan
from domains.opportunities.models import HostMembership
from graphql_api.events import subscriptions as check_ins
from graphql_api.live import news as feeds
from graphql_api.live import outbound
from graphql_api.live.close_codes import SLOW
from graphql_api.live.selections import is_same_for_all
from graphql_api.schema import schema
from tests import subscriptions
from tests.api import gid
from tests.door import EXIT, manager_of, offline, open_event, scan, scanner_of, sync, tickets_to
from tests.factories import EventFactory, ScanFactory, UserFactory
from tests.graphql_api.events.check_in_documents import FOLLOW
from tests.graphql_api.silence import is_silent, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_connection_is_left")]


def follow(event: Event, viewer: User | None, document: str = FOLLOW) -> AsyncGenerator[Any, None]:
    return subscriptions.follow(document, viewer, eventId=gid(event))


@sync_to_async
def door(number: int = 1, **fields: Any) -> tuple[Event, User, User, list[EventTicket]]:
    """Return an event with its owner, a scanner and tickets."""
    event = open_event(**fields)
    return event, manager_of(event), scanner_of(event), tickets_to(event, number)


async def heard(upcoming: Any, patience: float = 30) -> dict[str, Any]:
    answer = await asyncio.wait_for(upcoming, patience)
    assert not answer.errors, answer.errors
    found: dict[str, Any] = answer.data["eventCheckIns"]
    return found


async def test_everybody_at_the_door_hears_each_scan_within_a_second_with_the_counts() -> None:
    event, owner, scanner, tickets = await door(2)
    followed = [follow(event, one) for one in (owner, scanner, scanner)]
    upcoming = [await is_silent(one) for one in followed]
    await sync_to_async(scan)(tickets[0], actor=scanner, nonce="first")
    for coming in upcoming:
        answer = await heard(coming, 1)
        assert answer["summary"] == {"issued": 2, "checkedIn": 1}
        result = answer["result"]
        assert (result["outcome"], result["nonce"], result["ticket"]["checkedIn"]) == ("ADMITTED", "first", True)
        assert result["ticket"]["attendee"]["displayName"] == tickets[0].attendee.display_name
        assert (result["ticket"]["ticketCode"], result["ticket"]["qrCode"]) == (None, None)
    for one in followed:
        (await is_silent(one)).cancel()


async def test_a_scanner_hears_the_scans_of_others_without_their_tickets() -> None:
    event, owner, scanner, tickets = await door(2)
    other = await sync_to_async(scanner_of)(event)
    documents = {FOLLOW, FOLLOW.replace("displayName", "displayName zipCode"), FOLLOW.replace("id title", "id status")}
    everybody = ((owner, True), (scanner, True), (other, False))
    followed = [(follow(event, one, document), whole) for one, whole in everybody for document in documents]
    upcoming = [await is_silent(one) for one, _ in followed]
    await sync_to_async(scan)(tickets[0], actor=scanner)
    await sync_to_async(sync)(event, offline(tickets[1]), actor=scanner)
    for (one, whole), coming in zip(followed, upcoming, strict=True):
        for answer in (await heard(coming), await heard(anext(one))):
            assert answer["result"]["outcome"] == "ADMITTED"
            assert (answer["result"]["ticket"] is not None) == whole
        (await is_silent(one)).cancel()


async def test_a_refused_scan_is_heard_too_and_says_no_name_of_another_event() -> None:
    event, owner, *_ = await door()
    followed = follow(event, owner)
    upcoming = await is_silent(followed)
    await sync_to_async(scan)("guessed", event)
    result = (await heard(upcoming))["result"]
    assert (result["outcome"], result["ticket"]) == ("UNKNOWN_CODE", None)
    await followed.aclose()


async def test_who_may_not_check_in_hears_nothing() -> None:
    event, *_ = await door()
    draft = await sync_to_async(EventFactory)(draft=True)
    stranger = await sync_to_async(UserFactory)()
    refusals = ((None, event, "UNAUTHENTICATED"), (stranger, event, "FORBIDDEN"), (stranger, draft, "FORBIDDEN"))
    for viewer, at, code in refusals:
        answer = await anext(follow(at, viewer))
        assert [error.extensions["code"] for error in answer.errors] == [code]


async def test_scans_of_another_event_and_earlier_ones_are_not_heard() -> None:
    event, owner, _, tickets = await door(2)
    _, _, _, elsewhere = await door()
    await sync_to_async(scan)(tickets[0])
    followed = follow(event, owner)
    upcoming = await is_silent(followed)
    await sync_to_async(scan)(elsewhere[0])
    await sync_to_async(scan)(tickets[1], nonce="mine")
    assert (await heard(upcoming))["result"]["nonce"] == "mine"
    (await is_silent(followed)).cancel()


async def test_an_upload_is_heard_scan_by_scan_and_read_by_few_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    event, owner, scanner, tickets = await door(30)
    followed = [follow(event, one) for one in (owner, scanner)]
    upcoming = [await is_silent(one) for one in followed]
    reads: list[Any] = []
    find = selectors.find_scans_since

    def find_and_note(**asked: Any) -> list[Scan]:
        reads.append(asked)
        return find(**asked)

    monkeypatch.setattr(selectors, "find_scans_since", find_and_note)
    sent = [offline(ticket, nonce=f"{number}") for number, ticket in enumerate(tickets)]
    await sync_to_async(sync)(event, *sent)
    for one, next_one in zip(followed, upcoming, strict=True):
        nonces = {(await heard(next_one))["result"]["nonce"]}
        nonces |= {(await heard(anext(one)))["result"]["nonce"] for _ in range(29)}
        assert nonces == {scan.nonce for scan in sent}
        (await is_silent(one)).cancel()
    assert len(reads) <= 3, "one for both followers, and perhaps one that a late heartbeat asks for"


async def test_more_scans_than_a_page_are_all_heard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_ins, "PAGE", 7)
    event, owner, _, tickets = await door(20)
    followed = follow(event, owner)
    upcoming = await is_silent(followed)
    await sync_to_async(sync)(event, *(offline(ticket) for ticket in tickets))
    nonces = [(await heard(upcoming))["result"]["nonce"]]
    nonces += [(await heard(anext(followed)))["result"]["nonce"] for _ in range(19)]
    assert len(set(nonces)) == 20
    (await is_silent(followed)).cancel()


async def test_a_lost_wake_up_delays_but_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "IDLE_POLL_SECONDS", 1.0)
    monkeypatch.setattr(live, "broadcast", lambda *_, **__: None)
    event, owner, _, tickets = await door()
    followed = follow(event, owner)
    upcoming = await is_silent(followed)
    await sync_to_async(scan)(tickets[0])
    assert (await heard(upcoming))["result"]["outcome"] == "ADMITTED"
    (await is_silent(followed)).cancel()


async def test_what_was_recorded_earlier_and_commits_late_is_heard_once() -> None:
    event, owner, _, tickets = await door(2)
    followed = follow(event, owner)
    upcoming = await is_silent(followed)
    await sync_to_async(scan)(tickets[0], nonce="first")
    assert (await heard(upcoming))["result"]["nonce"] == "first"
    upcoming = await is_silent(followed)
    before = timezone.now() - timedelta(seconds=20)
    late = {"event": event, "ticket": tickets[1], "nonce": "late", "recorded_at": before}
    await sync_to_async(ScanFactory)(**late)
    await sync_to_async(live.broadcast)(f"event.{event.pk}", scans="new")
    assert (await heard(upcoming))["result"]["nonce"] == "late"
    (await is_silent(followed)).cancel()


async def test_a_scanner_who_was_removed_hears_no_further_scan_and_the_others_do() -> None:
    event, owner, scanner, tickets = await door()
    followed, staying = follow(event, scanner), follow(event, owner)
    upcoming, other = await is_silent(followed), await is_silent(staying)
    await HostMembership.objects.filter(user=scanner).adelete()
    await sync_to_async(scan)(tickets[0])
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(upcoming, 30)
    assert (await heard(other))["result"]["outcome"] == "ADMITTED"
    await staying.aclose()


async def test_the_subscription_of_a_removed_scanner_completes_also_if_nobody_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeds, "IDLE_POLL_SECONDS", 0.5)
    event, _, scanner, _ = await door()
    followed = follow(event, scanner)
    upcoming = await is_silent(followed)
    await HostMembership.objects.filter(user=scanner).adelete()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(upcoming, 30)


async def test_what_waits_for_a_slow_client_is_not_delivered_after_the_right_was_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeds, "FRESH_SECONDS", 0.1)
    event, _, scanner, tickets = await door(2)
    followed = follow(event, scanner)
    upcoming = await is_silent(followed)
    await sync_to_async(sync)(event, *(offline(ticket) for ticket in tickets))
    await heard(upcoming)
    await HostMembership.objects.filter(user=scanner).adelete()
    await asyncio.sleep(0.2)
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(followed), 30)


async def test_a_client_that_is_too_far_behind_is_put_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_BEHIND", 3)
    event, owner, _, tickets = await door(6)
    codes: list[int] = []

    async def close(code: int, reason: str) -> None:
        codes.append(code)

    async def send(text: str) -> None: ...

    stream = feeds.NewsStream(
        check_ins.CHECK_INS, event.pk, viewer_id=owner.pk, outbound=outbound.Outbound(send, close)
    )
    await stream.begin()
    await sync_to_async(sync)(event, *(offline(ticket) for ticket in tickets))
    feed = stream._feed
    assert feed
    await until(lambda: feed.end == 6)
    assert [item async for item in stream.items()] == []
    await asyncio.sleep(0)
    assert codes == [SLOW]
    await stream.aclose()


async def test_wake_ups_about_other_things_read_nothing_and_the_last_follower_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event, owner, *_ = await door()
    followed = follow(event, owner)
    upcoming = await is_silent(followed)
    reads: list[Any] = []

    def note(**asked: Any) -> list[Scan]:
        reads.append(asked)
        return []

    monkeypatch.setattr(selectors, "find_scans_since", note)
    for _ in range(20):
        await sync_to_async(live.broadcast)(f"event.{event.pk}", changes="new")
    await asyncio.sleep(0.3)
    assert len(reads) < 5, "perhaps one or two that late heartbeats ask for"
    upcoming.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await upcoming
    assert feeds.feeds_of(check_ins.CHECK_INS)._feeds == {}
    assert feeds.feeds_of(check_ins.CHECK_INS)._polling is None


async def test_a_selection_without_private_fields_is_executed_once_for_all_followers() -> None:
    assert is_same_for_all(schema._schema, FOLLOW, None)
    private = FOLLOW.replace("displayName", "displayName email")
    assert not is_same_for_all(schema._schema, private, None)


async def test_the_attendees_private_fields_stay_hidden_from_a_scanner() -> None:
    event, _, scanner, tickets = await door()
    document = """subscription ($eventId: ID!) { eventCheckIns(eventId: $eventId) { result { direction ticket {
      revokedReason ticketCode isInside attendee { email zipCode profile { bio } skills { id }
      applications { edges { node { id } } } } event { tickets: title checkInSummary { inside } } } } } }"""
    followed = follow(event, scanner, document)
    upcoming = await is_silent(followed)
    await sync_to_async(scan)(tickets[0], actor=scanner, direction=EXIT)
    result = (await heard(upcoming))["result"]
    attendee = result["ticket"]["attendee"]
    assert (attendee["email"], attendee["zipCode"], attendee["applications"]["edges"]) == (None, None, [])
    assert result["ticket"]["event"]["checkInSummary"] == {"inside": 0}
    await followed.aclose()
