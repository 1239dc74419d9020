"""The acts on skills, one file each."""

from domains.skills.services.add_skill import add_skill
from domains.skills.services.endorse_skills import endorse_skills
from domains.skills.services.remove_skill import remove_skill

__all__ = ["add_skill", "endorse_skills", "remove_skill"]
