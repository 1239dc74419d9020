"""Operations of tickets, as the contract has them."""

from __future__ import annotations

TICKET_FIELDS = """
fragment TicketFields on EventTicket {
  id ticketCode status checkedIn checkInTime waitlistPosition offerExpiresAt
  attendee { id displayName } event { id title ticketsTaken }
}"""
PROBLEMS = "... on OperationInfo { messages { kind code field message } }"


def _mutation(name: str) -> str:
    input_type = f"{name[:1].upper()}{name[1:]}Input"
    return f"""mutation ($input: {input_type}!) {{
  {name}(input: $input) {{ __typename ...TicketFields {PROBLEMS} }} }} {TICKET_FIELDS}"""


CLAIM_TICKET = _mutation("claimTicket")
ANSWER_TICKET_OFFER = _mutation("answerTicketOffer")
CANCEL_TICKET = _mutation("cancelTicket")
ROTATE_TICKET = _mutation("rotateTicket")
REVOKE_TICKET = _mutation("revokeTicket")
MY_TICKETS = f"""query MyTickets($first: Int, $after: String) {{
  me {{ tickets(first: $first, after: $after) {{ totalCount edges {{ cursor node {{ ...TicketFields }} }} }} }}
}} {TICKET_FIELDS}"""
EVENT_TICKETS = f"""query EventTickets($id: ID!, $first: Int, $after: String) {{
  event(id: $id) {{
    myTicket {{ ...TicketFields }}
    tickets(first: $first, after: $after) {{ totalCount edges {{ cursor node {{ ...TicketFields }} }} }}
  }}
}} {TICKET_FIELDS}"""
EVENTS_WITH_TICKETS = f"""query {{ events {{ edges {{ node {{
  id myTicket {{ ...TicketFields }} tickets {{ totalCount edges {{ node {{ ...TicketFields }} }} }}
}} }} }} }} {TICKET_FIELDS}"""
