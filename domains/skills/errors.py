"""The reason codes of skills, beyond those of every domain."""

from enum import StrEnum


class SkillCode(StrEnum):
    """Why an act on somebody's skills, or on the taxonomy, was refused."""

    ALREADY_VERIFIED = "ALREADY_VERIFIED"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"
    NOT_READ_YET = "NOT_READ_YET"
