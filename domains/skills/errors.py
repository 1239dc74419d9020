"""The reason codes of skills, besides the common ones."""

from enum import StrEnum


class SkillCode(StrEnum):
    """Reason codes for refused acts on people's skills or on the taxonomy."""

    ALREADY_VERIFIED = "ALREADY_VERIFIED"
    NOT_READ_YET = "NOT_READ_YET"
