"""Locks that stop merges of skills, and changes of one person's skills, while rows that refer to skills are written.

A row locks its skill only when its transaction ends, since foreign keys are checked then. A merge in between would
neither see the row nor be waited for, and would leave the row with the merged skill.
"""

from __future__ import annotations

from domains.accounts.models import User
from domains.base import locks
from domains.base.errors import Code, Refused
from domains.skills.models import Skill, UserSkill

#: How many skills one person has at most, from all sources.
MAX_SKILLS = 200


def hold_skills() -> None:
    """Block merges of skills until the transaction ends; waits for a merge that is running.

    Read skills after this call.
    """
    locks.hold_shared(what=Skill.MERGE_LOCK, key="all")


def hold_skills_of(person: User) -> None:
    """Lock the person's own skills until the transaction ends, so that their acts run one at a time."""
    locks.hold(what=UserSkill.OWN_LOCK, key=str(person.pk))


def count_free_skills(person: User) -> int:
    """Return how many more skills the person can have; call it after `hold_skills_of`."""
    return max(MAX_SKILLS - UserSkill.objects.filter(user=person).count(), 0)


def refuse_too_many_skills(person: User, new_skills: int, field: str) -> None:
    """Refuse with TOO_LONG if the person has no room for so many new skills."""
    if new_skills > count_free_skills(person):
        message = f"A person has at most {MAX_SKILLS} skills; take some back first."
        raise Refused.because(Code.TOO_LONG, message, field)


def hold_to_merge() -> None:
    """Wait for transactions that write rows with skills; until this one ends, no other writes such rows or merges."""
    locks.hold(what=Skill.MERGE_LOCK, key="all")
