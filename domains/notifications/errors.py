"""Error codes of notifications, in addition to the common ones."""

from enum import StrEnum


class NotificationCode(StrEnum):
    """Why an act on notifications was refused."""

    PUSH_IS_OFF = "PUSH_IS_OFF"
