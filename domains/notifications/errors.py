"""The codes that notifications refuse with beside the common ones."""

from enum import StrEnum


class NotificationCode(StrEnum):
    """Reasons that a client acts differently on."""

    PUSH_IS_OFF = "PUSH_IS_OFF"
