"""Ticket codes: read back from a QR code or as people type them, former ones known as such, all other texts unknown."""

from __future__ import annotations

import json
import string
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from domains.base import signing
from domains.events import codes
from domains.events.models import EventTicket, TicketStatus
from tests.factories.events import EventTicketFactory, FormerCodeFactory

pytestmark = pytest.mark.django_db


def former(ticket: EventTicket) -> EventTicket:
    """Return the ticket as it was with an older code, which was replaced an hour ago."""
    replaced = FormerCodeFactory(ticket=ticket, replaced_at=timezone.now() - timedelta(hours=1))
    return EventTicket(
        pk=ticket.pk, event_id=ticket.event_id, ticket_code=replaced.ticket_code, code_random=replaced.code_random
    )


@pytest.mark.parametrize("status", TicketStatus)
def test_both_forms_of_a_code_give_its_ticket_whatever_its_status(status: TicketStatus) -> None:
    EventTicketFactory()
    ticket = EventTicketFactory(status=status)
    wanted = codes.FoundTicket(ticket.pk, ticket.event_id, ticket.ticket_code, None)
    assert codes.find_ticket(codes.code_of(ticket)) == wanted
    assert codes.find_ticket(ticket.ticket_code) == wanted
    assert wanted.is_current
    assert wanted.is_current_of(ticket)


def test_both_forms_of_a_replaced_code_say_when_it_was_replaced() -> None:
    ticket = EventTicketFactory()
    old = former(ticket)
    replaced_at = ticket.former_codes.get().replaced_at
    wanted = codes.FoundTicket(ticket.pk, ticket.event_id, old.ticket_code, replaced_at)
    assert codes.find_ticket(codes.code_of(old)) == codes.find_ticket(old.ticket_code) == wanted
    assert not wanted.is_current
    assert not wanted.is_current_of(ticket)


def test_a_code_that_is_replaced_after_it_was_found_is_not_current_any_more() -> None:
    ticket = EventTicketFactory()
    found = codes.find_ticket(codes.code_of(ticket))
    assert found
    ticket.ticket_code = "A" * 16
    assert not found.is_current_of(ticket)


@pytest.mark.parametrize(
    "typed",
    [
        "obi2bbbbcccc3333",
        " OBI2-BBBB-CCCC-3333\n",
        "0812 b8bb cccc 3333",
        "o b i\u20132\u2014BBBB\u2011CCCC\u00a03333",
        "OB12BBB8CCCC3333",
    ],
)
def test_a_code_is_found_as_people_type_it(typed: str) -> None:
    EventTicketFactory()
    ticket = EventTicketFactory(ticket_code="OBI2BBBBCCCC3333")
    found = codes.find_ticket(typed)
    assert found
    assert found.ticket_id == ticket.pk


def test_the_code_holds_the_event_the_ticket_and_random_bits_only_and_is_checked_with_the_public_key_alone() -> None:
    ticket = EventTicketFactory()
    key = signing.public_key(codes.PURPOSE)
    code = codes.code_of(ticket)
    audience = codes.audience_of(ticket.event_id)
    claims = jwt.decode(code, key.pem, algorithms=["EdDSA"], audience=audience)
    assert claims == {"aud": audience, "sub": f"ticket-{ticket.pk}", "jti": ticket.code_random}
    assert jwt.get_unverified_header(code) == {"alg": "EdDSA", "typ": "ticket+jwt", "kid": key.kid}
    assert len(code) < codes.MAX_TEXT_LENGTH / 3
    assert code == codes.code_of(ticket)


def test_a_code_changed_in_any_character_is_unknown() -> None:
    ticket = EventTicketFactory()
    code, typed = codes.code_of(ticket), ticket.ticket_code
    for place in range(len(code)):
        for other in {"A", "Q", "g", "w", "_", "."} - {code[place]}:
            assert codes.find_ticket(code[:place] + other + code[place + 1 :]) is None
    for place in range(len(typed)):
        other = "A" if typed[place] != "A" else "C"
        assert codes.find_ticket(typed[:place] + other + typed[place + 1 :]) is None


def forged(ticket: EventTicket, how: str) -> str:
    claims = {"aud": codes.audience_of(ticket.event_id), "sub": f"ticket-{ticket.pk}", "jti": ticket.code_random}
    kid = {"kid": signing.public_key(codes.PURPOSE).kid, "typ": "ticket+jwt"}
    payload = jwt.utils.base64url_encode(json.dumps(claims).encode()).decode()
    unsigned = jwt.utils.base64url_encode(json.dumps({**kid, "alg": "none"}).encode()).decode()
    return {
        "another purpose": signing.sign("service-record", claims),
        "another key": jwt.encode(claims, signing._private_key("x" * 40, codes.PURPOSE), "EdDSA", kid),
        "no algorithm": f"{unsigned}.{payload}.",
        "the public key as a secret": jwt.encode(
            claims, jwt.utils.base64url_decode(signing.public_key(codes.PURPOSE).jwk["x"]), "HS256", kid
        ),
        "a random part of another ticket": signing.sign(
            codes.PURPOSE, {**claims, "jti": EventTicketFactory().code_random}
        ),
        "a ticket that is gone": signing.sign(codes.PURPOSE, {**claims, "sub": f"ticket-{2**62}"}),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "another purpose",
        "another key",
        "no algorithm",
        "the public key as a secret",
        "a random part of another ticket",
        "a ticket that is gone",
    ],
)
def test_a_forged_code_is_unknown(how: str) -> None:
    assert codes.find_ticket(forged(EventTicketFactory(), how)) is None


@pytest.mark.parametrize(
    "junk",
    [
        *("", "\0", "A" * 15, "A" * 17, "AAAA\0AAAAAAAAAAAA", "a.b.c", "1" * 16 + "." + "2" * 16, "{}" * 100),
        *("x" * 4096, "\0" * 4096, "é" * 4096, "." * 4096, "A" * 10**6),
        *("\ud800" * 16, "\uff41" * 16, "ß" * 8, "\u0663" * 16),
    ],
)
def test_junk_is_unknown_and_costs_no_statement(junk: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert codes.find_ticket(junk) is None


@given(st.text(st.characters() | st.sampled_from(string.printable)) | st.text("01A.-_ =", min_size=10))
def test_any_text_is_answered_with_no_ticket(text: str) -> None:
    assert codes.find_ticket(text) is None


def test_a_current_and_a_former_code_and_a_thousand_of_them_cost_one_statement(django_assert_num_queries: Any) -> None:
    ticket = EventTicketFactory()
    old = former(ticket)
    for text in (codes.code_of(ticket), ticket.ticket_code, codes.code_of(old), old.ticket_code):
        with django_assert_num_queries(1):
            assert codes.find_ticket(text)
    others = [EventTicketFactory(event=ticket.event) for _ in range(3)]
    texts = [codes.code_of(ticket), ticket.ticket_code, codes.code_of(old), old.ticket_code, "junk"]
    texts += [*map(codes.code_of, others), *["A" * 15 + "7"] * 1000]
    with CaptureQueriesContext(connection) as statements:
        found = codes.find_tickets(texts)
    assert len(statements) == 1
    assert found == {text: codes.find_ticket(text) for text in texts[:4] + texts[5:8]}
