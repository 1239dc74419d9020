"""Facts about skills and resumes."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class SkillsMerged(Fact):
    """One skill was merged into another; rows that refer to the first should refer to the second."""

    skill_id: int
    into_id: int


@dataclass(frozen=True)
class ResumeUploaded(Fact):
    """A person uploaded a file in which their skills are searched."""

    resume_id: int
