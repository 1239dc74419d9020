"""Mutations of events and tickets."""

from graphql_api.events.mutations.calendars import CalendarMutations
from graphql_api.events.mutations.check_ins import CheckInMutations
from graphql_api.events.mutations.events import EventMutations
from graphql_api.events.mutations.tickets import TicketMutations

#: The classes whose fields become root fields of mutations.
MUTATIONS = (EventMutations, TicketMutations, CheckInMutations, CalendarMutations)
