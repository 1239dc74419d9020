"""Inputs of the mutations of tickets."""

from __future__ import annotations

import strawberry


@strawberry.input(description="Input of `claimTicket`.")
class ClaimTicketInput:
    """A ticket to claim."""

    event_id: strawberry.ID = strawberry.field(description="ID of a published event that is not over.")
    join_waitlist: bool = strawberry.field(
        description="Whether to join the waitlist if the event is full. If false, claiming a ticket to a full event is "
        "refused with FULL. If a slot is free, this field has no effect.",
        default=False,
    )


@strawberry.input(description="Input of `answerTicketOffer`.")
class AnswerTicketOfferInput:
    """The answer to an offered slot."""

    ticket_id: strawberry.ID = strawberry.field(description="ID of your ticket with the offer.")
    accept: bool = strawberry.field(description="True to take the slot; false to leave it to the next on the waitlist.")


@strawberry.input(description="Input of `cancelTicket`.")
class CancelTicketInput:
    """A ticket to cancel."""

    ticket_id: strawberry.ID = strawberry.field(description="ID of your ticket.")


@strawberry.input(description="Input of `rotateTicket`.")
class RotateTicketInput:
    """A ticket whose code is to be replaced."""

    ticket_id: strawberry.ID = strawberry.field(description="ID of your ticket, which is ISSUED.")


@strawberry.input(description="Input of `revokeTicket`.")
class RevokeTicketInput:
    """A ticket to revoke."""

    ticket_id: strawberry.ID = strawberry.field(description="ID of a ticket to an event that the caller organizes.")
    reason: str = strawberry.field(description="Reason for the attendee to read, at most 500 characters.", default="")
