"""Keeping skills from being merged, and what one person has from changing, while rows that name them are written.

A row locks the skill it names only when its transaction ends, since foreign keys are checked then: a merge in between
would neither see the row nor be waited for, and leave it under the name that is gone.
"""

from __future__ import annotations

from domains.accounts.models import User
from domains.base import locks
from domains.base.errors import Code, Refused
from domains.skills.models import Skill, UserSkill

#: How many skills one person has at the most, whoever says so.
MAX_SKILLS = 200


def hold_skills() -> None:
    """Nobody merges skills until the transaction ends; a merge that is under way is waited for.

    Ask what skills there are once they are held.
    """
    locks.hold_shared(what=Skill.MERGE_LOCK, key="all")


def hold_skills_of(person: User) -> None:
    """What the person says of their own skills is done one act at a time, until the transaction ends."""
    locks.hold(what=UserSkill.OWN_LOCK, key=str(person.pk))


def room_of(person: User) -> int:
    """Return how many more skills the person can have; ask once their skills are held."""
    return max(MAX_SKILLS - UserSkill.objects.filter(user=person).count(), 0)


def refuse_above_room(person: User, newcomers: int, field: str) -> None:
    """Refuse with TOO_LONG so many new skills where the person has no room for them."""
    if newcomers > room_of(person):
        message = f"A person has at most {MAX_SKILLS} skills; take some back first."
        raise Refused.because(Code.TOO_LONG, message, field)


def hold_to_merge() -> None:
    """Wait until no open transaction writes rows that name skills; until this one ends none does, or merges."""
    locks.hold(what=Skill.MERGE_LOCK, key="all")
