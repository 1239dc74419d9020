"""The reason codes of messaging."""

from enum import StrEnum


class MessagingCode(StrEnum):
    """Reason codes for refused acts on conversations."""

    FULL = "FULL"
    EXPIRED = "EXPIRED"
    CLOSED = "CLOSED"
