"""Mutations of tickets."""

from __future__ import annotations

import strawberry

from domains.events import services
from graphql_api.context import Info, signed_in
from graphql_api.events.inputs.tickets import (
    AnswerTicketOfferInput,
    CancelTicketInput,
    ClaimTicketInput,
    RevokeTicketInput,
    RotateTicketInput,
)
from graphql_api.events.types import EventTicket
from graphql_api.mutations import mutation
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class TicketMutations:
    """Root fields of the mutations."""

    @mutation(
        EventTicket,
        description="Claim a ticket to an event. Claiming again returns the first ticket while it is not CANCELLED. "
        "The caller needs a verified email address.",
    )
    def claim_ticket(self, info: Info, input: ClaimTicketInput) -> object:
        return services.claim_ticket(
            actor=signed_in(info),
            event_id=known_or_nobody(input.event_id, "Event"),
            join_waitlist=input.join_waitlist,
        )

    @mutation(
        EventTicket,
        description="Take the slot that you are offered, or leave it to the next on the waitlist. Refusing it cancels "
        "the ticket: to wait again, claim another ticket.",
    )
    def answer_ticket_offer(self, info: Info, input: AnswerTicketOfferInput) -> object:
        return services.answer_ticket_offer(
            actor=signed_in(info), ticket_id=known_or_nobody(input.ticket_id, "EventTicket"), accept=input.accept
        )

    @mutation(
        EventTicket,
        description="Cancel your ticket, or leave the waitlist. A slot that you held is offered to the next on the "
        "waitlist. Canceling again returns the canceled ticket. After check-in it is refused with CLOSED.",
    )
    def cancel_ticket(self, info: Info, input: CancelTicketInput) -> object:
        return services.cancel_ticket(actor=signed_in(info), ticket_id=known_or_nobody(input.ticket_id, "EventTicket"))

    @mutation(
        EventTicket,
        description="Replace the code of your ticket, for example after somebody else saw it. The former code is "
        "answered with REVOKED at check-in.",
    )
    def rotate_ticket(self, info: Info, input: RotateTicketInput) -> object:
        return services.rotate_ticket(actor=signed_in(info), ticket_id=known_or_nobody(input.ticket_id, "EventTicket"))

    @mutation(
        EventTicket,
        description="Revoke a ticket: it becomes CANCELLED, its codes are answered with REVOKED at check-in, and its "
        "attendee cannot claim another one. Only the event's organizers may do this.",
    )
    def revoke_ticket(self, info: Info, input: RevokeTicketInput) -> object:
        return services.revoke_ticket(
            actor=signed_in(info),
            ticket_id=known_or_nobody(input.ticket_id, "EventTicket"),
            reason=input.reason,
        )
