"""The contract's documents of check-in."""

_FRAGMENTS = """
fragment TicketFields on EventTicket {
  id ticketCode status qrCode { url } checkedIn checkInTime attendee { id displayName } event { id title }
}
fragment CheckInFields on CheckInResult {
  outcome nonce recordedAt firstCheckInTime isRecordedThoughInvalid ticket { ...TicketFields }
}
fragment Problems on OperationInfo { messages { kind code field message retryAfter } }
"""
CHECK_IN = (
    """mutation CheckIn($input: CheckInInput!) { checkIn(input: $input) { __typename ...CheckInFields ...Problems } }"""
    + _FRAGMENTS
)
SYNC_CHECK_INS = (
    """mutation SyncCheckIns($input: SyncCheckInsInput!) { syncCheckIns(input: $input) {
  __typename ... on CheckInBatch { results { ...CheckInFields } admitted refused } ...Problems } }"""
    + _FRAGMENTS
)
STATUS = """query EventCheckInStatus($eventId: ID!) { event(id: $eventId) {
  id checkInKey { algorithm keyId publicKey audience } checkInSummary { issued checkedIn inside } } }"""
FOLLOW = """subscription EventCheckIns($eventId: ID!) { eventCheckIns(eventId: $eventId) {
  result { ...CheckInFields } summary { issued checkedIn } } }""" + _FRAGMENTS.partition("fragment Problems")[0]
