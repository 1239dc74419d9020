"""Error codes of events and tickets."""

from enum import StrEnum


class EventCode(StrEnum):
    """Why an act on events or tickets was refused, in addition to the common codes."""

    CLOSED = "CLOSED"
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    EXPIRED = "EXPIRED"
    FULL = "FULL"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
