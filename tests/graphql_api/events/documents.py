"""Documents about events and tickets, as the contract has them."""

from __future__ import annotations

PROBLEMS = "... on OperationInfo { messages { code field message } }"
EVENT_FIELDS = """
fragment EventFields on Event {
  id title description eventType status eventDate location maxAttendees ticketsTaken ticketsRemaining
  host { id displayName } organization { id organizationName }
}"""
EVENTS = f"""query ($filters: EventFilter, $ordering: [EventOrder!], $first: Int, $after: String) {{
  events(filters: $filters, ordering: $ordering, first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ ...EventFields }} }} }} }} {EVENT_FIELDS}"""


def mutation(name: str) -> str:
    """Return the mutation of events with this name."""
    kind = f"{name[:1].upper()}{name[1:]}Input"
    return f"""mutation ($input: {kind}!) {{
  {name}(input: $input) {{ __typename ...EventFields
    ... on Event {{ endDate locationZip cancelledReason }} {PROBLEMS} }}
}} {EVENT_FIELDS}"""
