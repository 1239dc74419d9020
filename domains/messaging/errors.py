"""The reason codes of messaging."""

from enum import StrEnum


class MessagingCode(StrEnum):
    """Why an act on conversations was refused."""

    FULL = "FULL"
