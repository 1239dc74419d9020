"""The reason codes of opportunities and applications."""

from enum import StrEnum


class OpportunityCode(StrEnum):
    """Why an act on opportunities, roles or applications was refused; beside the codes of every domain."""

    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    NOT_VOLUNTEER = "NOT_VOLUNTEER"
    ALREADY_APPLIED = "ALREADY_APPLIED"
    CLOSED = "CLOSED"
    FULL = "FULL"
    OVERLAPS = "OVERLAPS"
