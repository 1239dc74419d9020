"""The reason codes of skills, beyond those of every domain."""

from enum import StrEnum


class SkillCode(StrEnum):
    """Why an act on somebody's skills was refused."""

    ALREADY_VERIFIED = "ALREADY_VERIFIED"
