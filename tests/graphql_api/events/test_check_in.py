"""Check-in over GraphQL: what a scanner gets, what it costs, and what stays hidden."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from graphql import parse

from domains.accounts.models import User
from domains.base import token_bucket
from domains.events import codes
from domains.events.models import Event, EventTicket, FormerCode, Scan
from graphql_api.checks import limits, rate_limit
from graphql_api.schema import schema
from tests.api import Api, gid
from tests.api import codes as refusal_codes
from tests.door import manager_of, open_event, scanner_of, tickets_to
from tests.factories import EventFactory, OpportunityFactory, UserFactory
from tests.graphql_api.events.check_in_documents import CHECK_IN, STATUS, SYNC_CHECK_INS
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Api]


def wish(ticket: EventTicket | str, event: Event | None = None, **more: Any) -> dict[str, Any]:
    at = event or (ticket.event if isinstance(ticket, EventTicket) else None)
    code = ticket if isinstance(ticket, str) else codes.code_of(ticket)
    return {"eventId": gid(at), "code": code, "nonce": str(uuid4()), "direction": "ENTRY", **more}


def scans_of(*tickets: EventTicket) -> list[dict[str, Any]]:
    now = timezone.now().isoformat()
    return [{"code": codes.code_of(one), "nonce": str(uuid4()), "scannedAt": now} for one in tickets]


@pytest.mark.parametrize("who", [manager_of, scanner_of])
def test_a_scan_is_answered_with_the_attendees_name_and_without_codes(api_as: As, who: Callable[[Event], User]) -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    api, asked = api_as(who(event)), wish(ticket)
    first = api.act(CHECK_IN, **asked)
    assert (first["__typename"], first["outcome"], first["nonce"]) == ("CheckInResult", "ADMITTED", asked["nonce"])
    assert first["firstCheckInTime"] == first["recordedAt"]
    assert first["ticket"] == {
        "id": gid(ticket),
        "ticketCode": None,
        "qrCode": None,
        "status": "ISSUED",
        "checkedIn": True,
        "checkInTime": first["recordedAt"],
        "attendee": {"id": gid(ticket.attendee), "displayName": ticket.attendee.display_name},
        "event": {"id": gid(event), "title": event.title},
    }
    assert api.act(CHECK_IN, **asked) == first
    second = api.act(CHECK_IN, **wish(ticket))
    assert (second["outcome"], second["firstCheckInTime"]) == ("ALREADY_CHECKED_IN", first["recordedAt"])
    exited = api.act(CHECK_IN, **wish(ticket, direction="EXIT"))
    assert (exited["outcome"], exited["ticket"]["checkedIn"]) == ("EXITED", True)
    for more in ("isInside", "isInside claimedAt"):
        document = CHECK_IN.replace("checkedIn", f"checkedIn {more}")
        assert api.act(document, **asked)["ticket"]["isInside"] is True, "as when it was answered first"


def test_strangers_attendees_and_people_who_are_not_logged_in_may_not_check_in(api_as: As) -> None:
    event, draft = open_event(), EventFactory(draft=True, now=True)
    (ticket,) = tickets_to(event, 1)
    before = rows_of("events")
    for viewer, code in ((None, "UNAUTHENTICATED"), (UserFactory(), "FORBIDDEN"), (ticket.attendee, "FORBIDDEN")):
        api = api_as(viewer)
        assert refusal_codes(api.act(CHECK_IN, **wish(ticket))) == [code]
        sync = {"eventId": gid(event), "deviceId": "phone", "scans": scans_of(ticket)}
        assert refusal_codes(api.act(SYNC_CHECK_INS, **sync)) == [code]
    for at in (draft, ticket.attendee):
        answer = api_as(UserFactory()).act(CHECK_IN, **wish("x", draft, eventId=gid(at)))
        assert [(one["code"], one["field"]) for one in answer["messages"]] == [("NOT_FOUND", "eventId")]
    assert rows_of("events") == before


def test_a_scanner_finds_tickets_and_attendees_by_no_other_way(api_as: As) -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    minor = UserFactory(profile__birth_year=timezone.now().year - 15)
    EventTicket.objects.filter(pk=ticket.pk).update(attendee=minor)
    api = api_as(scanner_of(event))
    document = CHECK_IN.replace(
        "attendee { id displayName }",
        "attendee { displayName email zipCode isEmailVerified profile { bio } profilePicture { url } skills { id }"
        " hostMemberships { id } applications { totalCount edges { node { id } } } }",
    )
    ticket.refresh_from_db()
    answer = api.act(document, **wish(ticket))
    assert answer["ticket"]["attendee"] == {
        "displayName": minor.display_name,
        "email": None,
        "zipCode": None,
        "isEmailVerified": None,
        "profile": None,
        "profilePicture": None,
        "skills": [],
        "hostMemberships": [],
        "applications": {"totalCount": 0, "edges": []},
    }
    tickets = "query ($id: ID!) { event(id: $id) { myTicket { id } tickets { totalCount edges { node { id } } } } }"
    found = api.ask(tickets, id=gid(event))["event"]
    assert found == {"myTicket": None, "tickets": {"totalCount": 0, "edges": []}}
    for row in (ticket, minor):
        assert api.ask("query ($id: ID!) { node(id: $id) { id } }", id=gid(row))["node"] is None


def test_a_ticket_in_an_answer_shows_what_is_asked_with_the_rights_of_the_scanner(api_as: As) -> None:
    """What is not in memory is read for all results at once, with the values of the answer over it."""
    event = open_event(opportunity=OpportunityFactory(draft=True), max_attendees=9)
    tickets = tickets_to(event, 3)
    document = SYNC_CHECK_INS.replace(
        "event { id title }",
        "revokedReason claimedAt isInside event { title ticketsRemaining organization { organizationName }"
        " opportunity { title } host { displayName } checkInSummary { inside } }",
    )
    api, now = api_as(scanner_of(event)), timezone.now()
    revoked = {"status": "CANCELLED", "cancelled_at": now, "revoked_at": now, "revoked_reason": "Canary."}
    EventTicket.objects.filter(pk=tickets[2].pk).update(**revoked)

    def sync(number: int) -> list[str]:
        scans = scans_of(*tickets[:number])
        asked = {"eventId": gid(event), "deviceId": "phone", "scans": scans}
        return statements_of(lambda: answers.append(api.act(document, **asked)))

    answers: list[Any] = []
    sync(1)
    one, three = sync(1), sync(3)
    assert len(one) == len(three), "\n".join(three)
    shown = [result["ticket"] for result in answers[-1]["results"]]
    assert [one["status"] for one in shown] == ["ISSUED", "ISSUED", "CANCELLED"]
    assert [one["isInside"] for one in shown] == [True, True, False]
    for one_shown in shown:
        assert (one_shown["ticketCode"], one_shown["revokedReason"]) == (None, "")
        assert one_shown["event"]["opportunity"] is None, "a draft of another organization"
        assert one_shown["event"]["ticketsRemaining"] == 6
        assert one_shown["event"]["checkInSummary"]["inside"] == 2


@pytest.mark.parametrize(
    "selected",
    [
        "ticket { id } ticket { waitlistPosition event { ticketsRemaining myTicket { id } } }",
        "ticket { waitlistPosition } ticket { id event { ticketsRemaining myTicket { id } } }",
        "ticket { claimedAt } other: ticket { waitlistPosition event { ticketsRemaining myTicket { id } } }",
    ],
)
def test_a_ticket_that_is_selected_in_several_places_shows_all_that_is_asked(api_as: As, selected: str) -> None:
    event = open_event(max_attendees=9)
    (ticket,) = tickets_to(event, 1)
    document = """mutation ($input: CheckInInput!) { checkIn(input: $input) { ... on CheckInResult { %s } } }"""
    answer = api_as(scanner_of(event)).act(document % selected, **wish(ticket))
    shown = answer.get("other") or answer["ticket"]
    assert (shown["waitlistPosition"], shown["event"]) == (None, {"ticketsRemaining": 8, "myTicket": None})


def replaced(ticket: EventTicket) -> str:
    former = codes.code_of(ticket)
    FormerCode.objects.create(ticket=ticket, ticket_code=ticket.ticket_code, code_random=ticket.code_random)
    EventTicket.objects.filter(pk=ticket.pk).update(ticket_code="B" * 16, code_random="B" * 22)
    return former


@pytest.mark.parametrize("of_opportunity", [False, True])
@pytest.mark.parametrize("who", [manager_of, scanner_of])
def test_a_whole_request_costs_at_most_six_statements_whatever_the_answer(
    api_as: As, who: Callable[[Event], User], of_opportunity: bool
) -> None:
    event = open_event(opportunity=OpportunityFactory() if of_opportunity else None)
    ticket, other, revoked = tickets_to(event, 3)
    api = api_as(who(event))
    api.post("{ __typename }")  # begins the session
    (elsewhere,) = tickets_to(open_event(), 1)
    same = wish(ticket)
    former = replaced(revoked)
    requests = {
        "ADMITTED": [same, wish(other.ticket_code, event)],
        "ALREADY_CHECKED_IN": [wish(ticket)],
        "EXITED": [wish(ticket, direction="EXIT")],
        "NOT_INSIDE": [wish(ticket, direction="EXIT")],
        "UNKNOWN_CODE": [wish("A" * 16, event), wish("nonsense", event)],
        "WRONG_EVENT": [wish(elsewhere, event)],
        "REVOKED": [wish(former, event)],
        "ADMITTED ": [same],
    }
    for outcome, wishes in requests.items():
        for asked in wishes:
            with CaptureQueriesContext(connection) as captured:
                answer = api.act(CHECK_IN, **asked)
            assert answer["outcome"] == outcome.strip()
            # A test's own transaction makes savepoints of transactions.
            statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
            assert len(statements) <= 6, "\n".join([outcome, *statements])


def test_twenty_scans_a_second_of_one_account_are_far_below_the_rate_limit() -> None:
    """Each scanner of a crowd has a bucket of their own; here all of them share one account."""
    cost = limits.check(parse(CHECK_IN), schema._schema, {"input": {}})
    assert 20 * cost < rate_limit.bucket.rate / 4
    assert 20 * cost < rate_limit.bucket.capacity / 40


def test_a_scanner_checks_in_five_people_a_second_for_as_long_as_they_like(
    api_as: As, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Even with an empty bucket: it refills faster than five scans a second empty it."""
    assert settings.RATE_LIMITS
    settings.REDIS_URL = ""  # the buckets are in this process, by its clock
    clock = [time.monotonic()]
    monkeypatch.setattr(token_bucket, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    event = open_event()
    (ticket,), scanner = tickets_to(event, 1), scanner_of(event)
    api, bucket = api_as(scanner), rate_limit.bucket
    key = f"user:{scanner.pk}"
    assert bucket.take(key, bucket.capacity).is_taken
    assert refusal_codes(api.act(CHECK_IN, **wish(ticket))) == ["RATE_LIMITED"]
    for _ in range(50):
        clock[0] += 0.2
        assert api.act(CHECK_IN, **wish(ticket))["__typename"] == "CheckInResult"
    assert bucket.take(key, 0).level > bucket.rate * 9


def test_an_upload_is_charged_by_its_scans() -> None:
    def cost(number: int) -> int:
        scan = {"code": "x", "nonce": "n", "scannedAt": "2026-01-01T00:00:00Z"}
        variables = {"input": {"eventId": "x", "deviceId": "x", "scans": [scan] * number}}
        return limits.check(parse(SYNC_CHECK_INS), schema._schema, variables)

    assert cost(1) < 10_000
    assert 80_000 < cost(1_000) < limits.MAX_COST
    assert cost(10) < cost(1) + 2_000
    literal = SYNC_CHECK_INS.replace("$input: SyncCheckInsInput!", "$s: [OfflineScanInput!]!")
    for written, given in (
        ('{eventId: "x", deviceId: "x", scans: $s}', {"s": [{"code": "x"}] * 200}),
        ('{eventId: "x", deviceId: "x", scans: [%s]}' % ('{code: "x"} ' * 200), {"s": []}),
    ):
        document = parse(literal.replace("input: $input", f"input: {written}"))
        assert cost(150) < limits.check(document, schema._schema, given) < cost(250)


def test_an_upload_is_answered_in_order_and_counts_who_passed(api_as: As) -> None:
    event = open_event()
    tickets = tickets_to(event, 2)
    scans = [*scans_of(*tickets), {**scans_of(tickets[0])[0], "code": "guessed"}]
    api = api_as(scanner_of(event))
    batch = api.act(SYNC_CHECK_INS, eventId=gid(event), deviceId="phone", scans=scans)
    assert [result["outcome"] for result in batch["results"]] == ["ADMITTED", "ADMITTED", "UNKNOWN_CODE"]
    assert [result["nonce"] for result in batch["results"]] == [scan["nonce"] for scan in scans]
    assert (batch["admitted"], batch["refused"]) == (2, 1)
    assert api.act(SYNC_CHECK_INS, eventId=gid(event), deviceId="other", scans=scans) == batch
    assert api.act(SYNC_CHECK_INS, eventId=gid(event), deviceId="phone", scans=[]) == {
        "__typename": "CheckInBatch",
        "results": [],
        "admitted": 0,
        "refused": 0,
    }


def test_a_bad_scan_of_an_upload_is_named_and_nothing_is_stored(api_as: As) -> None:
    event = open_event()
    good, bad = scans_of(*tickets_to(event, 2))
    future = (timezone.now() + timedelta(minutes=20)).isoformat()
    api = api_as(scanner_of(event))
    sync = {"eventId": gid(event), "deviceId": "phone"}
    answer = api.act(SYNC_CHECK_INS, **sync, scans=[good, {**bad, "scannedAt": future}])
    ((message),) = answer["messages"]
    assert (message["code"], message["field"]) == ("INVALID", "scans.1.scannedAt")
    assert 590 <= message["retryAfter"] <= 600
    assert not Scan.objects.exists()
    (message,) = api.act(SYNC_CHECK_INS, **sync, scans=[good] * 1_001)["messages"]
    assert (message["code"], message["field"]) == ("TOO_LONG", "scans")
    assert api.error_code(SYNC_CHECK_INS, input={**sync, "scans": [good] * 2_001}) == "LIMIT_EXCEEDED"
    assert not Scan.objects.exists()


@pytest.mark.parametrize("code", ["\x00", "\ud800"])
def test_a_code_that_is_no_text_is_refused_as_every_such_text(api_as: As, code: str) -> None:
    event = open_event()
    answer = api_as(scanner_of(event)).post(CHECK_IN, {"input": wish(code, event)})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def test_the_key_verifies_a_code_offline_and_is_for_the_people_at_the_door(api_as: As) -> None:
    event = open_event()
    (ticket,) = tickets_to(event, 1)
    for viewer in (manager_of(event), scanner_of(event)):
        key = api_as(viewer).ask(STATUS, eventId=gid(event))["event"]["checkInKey"]
        assert key["algorithm"] == "EdDSA"
        public: Any = load_pem_public_key(key["publicKey"].encode())
        token = codes.code_of(ticket)
        claims = jwt.decode(token, public, algorithms=["EdDSA"], audience=key["audience"])
        assert claims["sub"] == f"ticket-{ticket.pk}"
        assert jwt.get_unverified_header(token)["kid"] == key["keyId"]
        with pytest.raises(jwt.InvalidAudienceError):
            jwt.decode(codes.code_of(tickets_to(open_event(), 1)[0]), public, ["EdDSA"], audience=key["audience"])
    for other in (None, UserFactory(), ticket.attendee, UserFactory(is_staff=True, is_superuser=True)):
        found = api_as(other).ask(STATUS, eventId=gid(event))["event"]
        assert (found["checkInKey"], found["checkInSummary"]) == (None, None)


def test_the_counts_follow_the_scans(api_as: As) -> None:
    event = open_event()
    tickets = tickets_to(event, 3)
    api = api_as(scanner_of(event))
    for ticket in tickets[:2]:
        api.act(CHECK_IN, **wish(ticket))
    api.act(CHECK_IN, **wish(tickets[0], direction="EXIT"))
    now = timezone.now()
    EventTicket.objects.filter(pk=tickets[1].pk).update(status="CANCELLED", cancelled_at=now)
    found = api.ask(STATUS, eventId=gid(event))["event"]["checkInSummary"]
    assert found == {"issued": 2, "checkedIn": 2, "inside": 1}
    empty = open_event(organization=event.organization, host=event.host)
    assert api.ask(STATUS, eventId=gid(empty))["event"]["checkInSummary"] == {"issued": 0, "checkedIn": 0, "inside": 0}


def test_keys_and_counts_of_five_events_cost_the_statements_of_one(api_as: As) -> None:
    event = open_event()
    document = "{ events { edges { node { checkInKey { audience } checkInSummary { inside } } } } }"
    api = api_as(scanner_of(event))
    api.ask(document)
    one = statements_of(lambda: api.ask(document))
    for _ in range(4):
        tickets_to(open_event(organization=event.organization, host=event.host), 2)
    five = statements_of(lambda: api.ask(document))
    assert len(api.ask(document)["events"]["edges"]) == 5
    assert len(five) == len(one), "\n".join(five)


def test_the_address_of_the_check_in_page_is_for_people_who_may_check_in(api: Api, api_as: Any, settings: Any) -> None:
    settings.PUBLIC_URL = "https://community.example"
    event = open_event()
    scanner = scanner_of(event)
    document = "query ($id: ID!) { event(id: $id) { checkInUrl } }"
    shown = api_as(scanner).ask(document, id=gid(event))["event"]["checkInUrl"]
    assert shown == f"https://community.example/scan/{gid(event)}"
    for asking in (api, api_as(UserFactory())):
        assert asking.ask(document, id=gid(event))["event"]["checkInUrl"] is None
