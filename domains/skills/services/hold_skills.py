"""Keeping skills from being merged while rows that name them are written.

A row locks the skill it names only when its transaction ends, since foreign keys are checked then: a merge in between
would neither see the row nor be waited for, and leave it under the name that is gone.
"""

from __future__ import annotations

from domains.base import locks
from domains.skills.models import Skill


def hold_skills() -> None:
    """Nobody merges skills until the transaction ends; a merge that is under way is waited for.

    Ask what skills there are once they are held.
    """
    locks.hold_shared(what=Skill.MERGE_LOCK, key="all")


def hold_to_merge() -> None:
    """Wait until no open transaction writes rows that name skills; until this one ends none does, or merges."""
    locks.hold(what=Skill.MERGE_LOCK, key="all")
