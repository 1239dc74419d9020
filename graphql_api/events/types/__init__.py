"""GraphQL types of events and tickets."""

from graphql_api.events.types.check_ins import (
    CheckInBatch,
    CheckInDirection,
    CheckInKey,
    CheckInOutcome,
    CheckInResult,
    CheckInSummary,
    EventCheckIn,
)
from graphql_api.events.types.events import Event, EventStatus, EventType
from graphql_api.events.types.tickets import EventTicket, TicketStatus
