"""What can have happened to skills and resumes."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class SkillsMerged(Fact):
    """One skill went into another; who points at the first is to point at the second."""

    skill_id: int
    into_id: int


@dataclass(frozen=True)
class ResumeUploaded(Fact):
    """Somebody uploaded a file to look for their skills in."""

    resume_id: int
