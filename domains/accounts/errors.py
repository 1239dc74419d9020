"""The reason codes of accounts."""

from enum import StrEnum


class AccountCode(StrEnum):
    """Reason codes for refused acts on accounts or sessions."""

    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    EXPIRED = "EXPIRED"
    MFA_REQUIRED = "MFA_REQUIRED"
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE"
