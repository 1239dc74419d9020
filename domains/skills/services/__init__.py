"""The acts on skills, one file each."""

from domains.skills.services.add_skill import add_skill
from domains.skills.services.import_skills import import_skills, load_starter_skills
from domains.skills.services.remove_skill import remove_skill
from domains.skills.services.skill_files import has_no_skills

__all__ = ["add_skill", "has_no_skills", "import_skills", "load_starter_skills", "remove_skill"]
