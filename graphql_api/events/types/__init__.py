"""GraphQL types of events and tickets."""

from graphql_api.events.types.events import Event, EventStatus, EventType
from graphql_api.events.types.tickets import EventTicket, TicketStatus
