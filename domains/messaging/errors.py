"""The reason codes of messaging."""

from enum import StrEnum


class MessagingCode(StrEnum):
    """Why an act on conversations was refused."""

    FULL = "FULL"
    EXPIRED = "EXPIRED"
    CLOSED = "CLOSED"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"
