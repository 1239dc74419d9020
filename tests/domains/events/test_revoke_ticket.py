"""Revoking a ticket: it lets nobody in any more, and its slot goes to the next."""

from __future__ import annotations

from functools import partial

import pytest

from domains.base.errors import NotAllowed, NotFound
from domains.events import services
from domains.events.models import EventTicket, TicketStatus
from tests.domains.events.tickets import assert_sound, full_event, member_of, message_of, published, refusals, statuses
from tests.factories import (
    EventFactory,
    EventTicketFactory,
    ScanFactory,
    UserFactory,
    owner_of,
)
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def revoke(ticket: EventTicket, reason: str = "") -> EventTicket:
    return services.revoke_ticket(actor=owner_of(ticket.event.organization), ticket_id=ticket.pk, reason=reason)


def test_a_revoked_ticket_is_canceled_says_why_and_its_slot_is_offered() -> None:
    _, tickets = full_event(1, waiting=1)
    revoked = revoke(tickets[0], reason="  Sold on\nthe street. ")
    revoked.refresh_from_db()
    assert (revoked.status, revoked.revoked_reason) == ("CANCELLED", "Sold on the street.")
    assert revoked.revoked_at == revoked.cancelled_at is not None
    assert statuses(tickets) == ["CANCELLED", "OFFERED"]
    assert published() == [
        ("TicketOffered", {"ticket_id": tickets[1].pk}),
        ("TicketRevoked", {"ticket_id": revoked.pk}),
    ]
    assert_sound()


@pytest.mark.parametrize("status", [TicketStatus.WAITLISTED, TicketStatus.OFFERED])
def test_also_a_ticket_without_a_code_can_be_revoked_and_its_holder_claims_no_other(status: TicketStatus) -> None:
    ticket = EventTicketFactory(status=status)
    assert revoke(ticket).status == "CANCELLED"
    claim = partial(services.claim_ticket, actor=ticket.attendee, event_id=ticket.event_id, join_waitlist=True)
    assert refusals(claim) == [("NOT_ELIGIBLE", "event_id")]
    assert_sound()


def test_also_the_ticket_of_a_person_who_is_inside_can_be_revoked_and_the_presence_stays_as_scanned() -> None:
    ticket = EventTicketFactory(event=EventFactory(now=True), checked_in=True)
    ScanFactory(ticket=ticket)
    revoked = revoke(ticket)
    revoked.refresh_from_db()
    assert (revoked.status, revoked.is_inside, revoked.check_in_time) == ("CANCELLED", True, ticket.check_in_time)
    assert_sound()


def test_revoking_again_changes_nothing() -> None:
    _, tickets = full_event(1, waiting=2)
    revoke(tickets[0], reason="First.")
    before = rows_of("events", "base")
    assert revoke(tickets[0], reason="Second.").revoked_reason == "First."
    assert rows_of("events", "base") == before


def test_a_ticket_that_was_canceled_lets_nobody_in_and_is_not_revoked() -> None:
    act = partial(revoke, EventTicketFactory(status=TicketStatus.CANCELLED))
    assert refusals(act) == [("CONFLICT", "ticket_id")]
    assert "CANCELLED" in message_of(act)


@pytest.mark.parametrize(("reason", "code"), [("x" * 501, "TOO_LONG"), ("a\u202eb", "INVALID")])
def test_a_reason_that_cannot_be_read_is_refused(reason: str, code: str) -> None:
    assert refusals(partial(revoke, EventTicketFactory(), reason=reason)) == [(code, "reason")]


def test_coordinators_revoke_tickets_and_the_creator_of_an_event_without_an_organization() -> None:
    ticket = EventTicketFactory()
    coordinator = member_of(ticket.event, "COORDINATOR")
    assert services.revoke_ticket(actor=coordinator, ticket_id=ticket.pk).status == "CANCELLED"
    creator = UserFactory()
    own = EventTicketFactory(event=EventFactory(organization=None, host=creator))
    assert services.revoke_ticket(actor=creator, ticket_id=own.pk).status == "CANCELLED"


def test_nobody_else_revokes_tickets() -> None:
    ticket = EventTicketFactory()
    before = rows_of("events", "base")
    for actor, refusal in [
        (ticket.attendee, NotAllowed),
        (UserFactory(overseer=True), NotAllowed),
        (member_of(ticket.event, "SCANNER"), NotFound),
        (UserFactory(), NotFound),
    ]:
        with pytest.raises(refusal):
            services.revoke_ticket(actor=actor, ticket_id=ticket.pk)
    assert rows_of("events", "base") == before
