"""The reason codes of accounts."""

from enum import StrEnum


class AccountCode(StrEnum):
    """Why an act on accounts or sessions was refused."""

    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    EXPIRED = "EXPIRED"
