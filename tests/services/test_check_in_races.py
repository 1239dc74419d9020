"""Several scanners and devices at the same door at once: each ticket is admitted once, and nobody waits in a ring."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import orjson
import psycopg
import pytest
from django.db import transaction
from django.utils import timezone

from domains.base.errors import Refused
from domains.base.personal_data import ErasedPerson
from domains.events import codes, invariants, services
from domains.events.models import Event, EventTicket, Scan
from tests.crowd import all_at_once
from tests.door import ENTRY, EXIT, manager_of, offline, open_event, presence_at, scan, sync, tickets_to
from tests.event_crowd import EventCrowd
from tests.graphql_api.events.check_in_documents import CHECK_IN
from tests.live_server import LiveServer
from tests.threads import at_once, somebody_waits

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]
Servers = tuple[LiveServer, LiveServer]
check_in = import_module("domains.events.services.check_in")
SCANNERS = 10


def outcomes(answers: list[Any]) -> Counter[str]:
    return Counter(
        str(answer.problems[0].code) if isinstance(answer, Refused) else str(answer.outcome.value) for answer in answers
    )


def test_of_ten_scanners_of_one_ticket_at_two_servers_one_admits_and_nine_hear_since_when(
    two_servers: Servers,
) -> None:
    crowd = EventCrowd.at(two_servers[0], tickets=3, scanners=SCANNERS)
    for number in range(3):
        answers = all_at_once(two_servers, CHECK_IN, [(token, crowd.scan(number)) for token in crowd.scanners])
        found = [answer.body["data"]["checkIn"] for answer in answers]
        assert Counter(one["outcome"] for one in found) == {"ADMITTED": 1, "ALREADY_CHECKED_IN": SCANNERS - 1}
        (admitted,) = (one for one in found if one["outcome"] == "ADMITTED")
        assert {one["firstCheckInTime"] for one in found} == {admitted["recordedAt"]}


def test_of_ten_scans_at_once_one_is_admitted_with_the_lock() -> None:
    for _ in range(5):
        (ticket,) = tickets_to(open_event(), 1)
        manager = manager_of(ticket.event)
        answers = at_once(lambda _, ticket=ticket, manager=manager: scan(ticket, actor=manager), SCANNERS)  # type: ignore[misc]
        assert outcomes(answers) == {"ADMITTED": 1, "ALREADY_CHECKED_IN": SCANNERS - 1}
    assert not invariants.check_ins_follow_from_scans().exists()


def test_without_the_lock_on_the_ticket_more_than_one_is_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    (ticket,) = tickets_to(open_event(), 1)
    manager, everybody_has_read = manager_of(ticket.event), threading.Barrier(4)

    def read_only(code: str, event: Event) -> Any:
        row = EventTicket.objects.select_related("attendee").get(pk=ticket.pk)
        everybody_has_read.wait(timeout=30)
        return check_in.ReadCode.of(row)

    monkeypatch.setattr(check_in, "_read", read_only)
    assert outcomes(at_once(lambda _: scan(ticket, actor=manager), 4)) == {"ADMITTED": 4}


@pytest.mark.parametrize("what", ["a ticket", "no code"])
def test_the_same_nonce_at_once_is_one_scan_and_all_get_its_answer(what: str) -> None:
    for number in range(5):
        (ticket,) = tickets_to(open_event(), 1)
        event, manager = ticket.event, manager_of(ticket.event)
        code = codes.code_of(ticket) if what == "a ticket" else "guessed"

        def send(turn: int, code: str = code, event: Event = event, manager: Any = manager) -> Scan:
            if turn % 2:
                return sync(event, offline(code, nonce="same"), actor=manager)[0]
            return scan(code, event, actor=manager, nonce="same")

        answers: list[Any] = at_once(send, 8)
        (stored,) = Scan.objects.filter(event=event)
        assert {(one.pk, one.outcome, one.recorded_at) for one in answers} == {
            (stored.pk, stored.outcome, stored.recorded_at)
        }, number


def test_two_devices_that_sync_the_same_scans_at_once_in_other_orders_do_not_wait_in_a_ring() -> None:
    for _ in range(3):
        event = open_event()
        tickets = tickets_to(event, 40)
        manager = manager_of(event)
        scans = [offline(ticket) for ticket in tickets] + [offline(f"guessed {number}") for number in range(20)]

        def send(turn: int, event: Event = event, scans: list[Any] = scans, manager: Any = manager) -> list[Scan]:
            own = [offline(one.code, direction=EXIT) for one in scans[turn::4]]
            sent = [*(scans if turn % 2 else scans[::-1]), *own]
            return sync(event, *sent, actor=manager, device_id=f"device {turn}")

        # Whatever is no refusal, such as a deadlock, fails here.
        answers: list[Any] = at_once(send, 4)
        assert all(isinstance(one, list) for one in answers), answers
        common = {one.nonce for one in scans}
        first, *others = ({one.nonce: one.pk for one in got if one.nonce in common} for got in answers)
        assert all(other == first for other in others)
        assert Scan.objects.filter(event=event).values("nonce").distinct().count() == 120
        once = presence_at(event)
        services.scans.derive_presence(ticket_ids=[ticket.pk for ticket in tickets])
        assert presence_at(event) == once
    assert not invariants.check_ins_follow_from_scans().exists()


def test_scans_online_and_uploads_of_the_same_tickets_at_once_leave_a_sound_state() -> None:
    event = open_event()
    tickets = tickets_to(event, 6)
    manager = manager_of(event)

    def act(turn: int) -> None:
        for number in range(6):
            ticket = tickets[(turn + number) % 6]
            if turn % 2:
                scan(ticket, actor=manager, direction=EXIT if number % 2 else ENTRY)
            else:
                sync(event, *map(offline, tickets[::-1]), actor=manager, device_id=f"{turn}")

    assert at_once(act, 8) == [None] * 8
    assert not invariants.check_ins_follow_from_scans().exists()


def test_a_scan_of_a_person_who_is_erased_at_the_same_time_is_stored_without_the_ticket() -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    manager, is_scanned = manager_of(event), threading.Event()

    def act(turn: int) -> None:
        if turn:
            with transaction.atomic():
                scan(ticket, actor=manager)
                is_scanned.set()
                assert somebody_waits(patience=30)
        else:
            assert is_scanned.wait(timeout=30)
            person = ErasedPerson(user_id=ticket.attendee_id, closed_at=timezone.now())
            with transaction.atomic():
                services.erase_attendee(person)

    assert at_once(act, 2) == [None] * 2
    assert not EventTicket.objects.exists()
    assert Scan.objects.get().ticket_id is None


@pytest.fixture
def own_server(database_url: str, redis_url: str) -> Iterator[LiveServer]:
    """A server that the test may kill."""
    server = LiveServer("services-check-in", DATABASE_URL=database_url, REDIS_URL=redis_url)
    server.start()
    yield server
    server.kill()


def test_a_scan_whose_answer_was_lost_with_the_server_is_answered_as_it_was_stored(
    two_servers: Servers, own_server: LiveServer, database_url: str
) -> None:
    crowd = EventCrowd.at(own_server, tickets=1)
    wish = crowd.scan()
    body = orjson.dumps({"query": CHECK_IN, "variables": {"input": wish}})
    head = (
        f"POST /graphql/ HTTP/1.1\r\nHost: 127.0.0.1:{own_server.port}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {crowd.scanners[0]}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", own_server.port)) as connection:
        connection.sendall(head.encode() + body)
        recorded_at = _await_scan(database_url, wish["nonce"])
        own_server.kill()  # nobody has read the answer
    own_server.restart()
    for server in (own_server, two_servers[1]):
        answer = server.ask(CHECK_IN, crowd.scanners[0], input=wish)["data"]["checkIn"]
        assert (answer["outcome"], answer["nonce"]) == ("ADMITTED", wish["nonce"])
        assert answer["recordedAt"] == recorded_at.astimezone(timezone.get_default_timezone()).isoformat()
    with psycopg.connect(database_url) as database:
        found = database.execute("SELECT count(*) FROM events_scan WHERE event_id = %s", [crowd.pk]).fetchone()
    assert found == (1,)


def _await_scan(database_url: str, nonce: str) -> Any:
    """Wait until the scan is committed; return when it was recorded."""
    until = time.monotonic() + 30
    with psycopg.connect(database_url, autocommit=True) as database:
        while time.monotonic() < until:
            found = database.execute("SELECT recorded_at FROM events_scan WHERE nonce = %s", [nonce]).fetchone()
            if found:
                return found[0]
            time.sleep(0.001)
    raise AssertionError("the scan was never stored")
