"""Replacing the code of a ticket: the former one is known as such, and the new one opens the door."""

from __future__ import annotations

from functools import partial

import pytest

from domains.base.errors import NotAllowed, NotFound
from domains.events import codes, services
from domains.events.models import EventTicket, FormerCode, TicketStatus
from domains.events.services.rotate_ticket import MAX_ROTATIONS_PER_DAY
from tests.domains.events.tickets import member_of, message_of, published, refusals
from tests.factories import EventTicketFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def rotate(ticket: EventTicket) -> EventTicket:
    return services.rotate_ticket(actor=ticket.attendee, ticket_id=ticket.pk)


def test_both_forms_of_the_code_are_new_and_the_former_ones_say_that_they_were_replaced() -> None:
    ticket = EventTicketFactory()
    before = [ticket.ticket_code, codes.code_of(ticket)]
    rotated = rotate(ticket)
    rotated.refresh_from_db()
    after = [rotated.ticket_code, codes.code_of(rotated)]
    assert not set(before) & set(after)
    former = FormerCode.objects.get()
    for text in before:
        found = codes.find_ticket(text)
        assert found
        assert (found.ticket_id, found.replaced_at) == (ticket.pk, former.replaced_at)
    for text in after:
        found = codes.find_ticket(text)
        assert found
        assert (found.ticket_id, found.is_current) == (ticket.pk, True)
    assert published() == [("TicketRotated", {"ticket_id": ticket.pk, "former_code_id": former.pk})]


def test_each_rotation_makes_another_code_and_keeps_all_former_ones(one_window: None) -> None:
    ticket = EventTicketFactory()
    seen = {ticket.ticket_code}
    for _ in range(MAX_ROTATIONS_PER_DAY):
        seen.add(rotate(ticket).ticket_code)
    assert len(seen) == MAX_ROTATIONS_PER_DAY + 1
    assert FormerCode.objects.filter(ticket_code__in=seen).count() == MAX_ROTATIONS_PER_DAY
    assert refusals(partial(rotate, ticket)) == [("RATE_LIMITED", None)]


@pytest.mark.parametrize("status", [TicketStatus.WAITLISTED, TicketStatus.OFFERED, TicketStatus.CANCELLED])
def test_a_ticket_that_is_not_issued_has_no_code_to_replace(status: TicketStatus) -> None:
    act = partial(rotate, EventTicketFactory(status=status))
    assert refusals(act) == [("CONFLICT", "ticket_id")]
    assert status.value in message_of(act)


def test_only_the_holder_replaces_the_code() -> None:
    ticket = EventTicketFactory()
    before = rows_of("events", "base")
    for actor, refusal in [
        (owner_of(ticket.event.organization), NotAllowed),
        (UserFactory(overseer=True), NotAllowed),
        (member_of(ticket.event, "SCANNER"), NotFound),
        (UserFactory(), NotFound),
    ]:
        with pytest.raises(refusal):
            services.rotate_ticket(actor=actor, ticket_id=ticket.pk)
    assert rows_of("events", "base") == before
