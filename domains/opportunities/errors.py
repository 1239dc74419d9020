"""Error codes of opportunities and applications."""

from enum import StrEnum


class OpportunityCode(StrEnum):
    """Why an act on opportunities, roles or applications was refused, in addition to the common codes."""

    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    NOT_VOLUNTEER = "NOT_VOLUNTEER"
    ALREADY_APPLIED = "ALREADY_APPLIED"
    CLOSED = "CLOSED"
    FULL = "FULL"
    MISSING_SKILL = "MISSING_SKILL"
    MISSING_COURSE = "MISSING_COURSE"
    MISSING_VERIFICATION = "MISSING_VERIFICATION"
    OVERLAPS = "OVERLAPS"
    EXPIRED = "EXPIRED"
    TOO_EARLY = "TOO_EARLY"
