"""Causes and skills: those that are there already stay as they are and are used."""

from __future__ import annotations

from config.demo.community import Community, by_casefolded, read
from domains.opportunities.models import Cause
from domains.skills.models import Skill, SkillAlias


def load_causes(community: Community) -> None:
    """Every cause of the content exists."""
    known = by_casefolded((cause.name, cause) for cause in Cause.objects.all())
    names = community.places["causes"]
    Cause.objects.bulk_create(Cause(name=name) for name in names if name.casefold() not in known)
    known = by_casefolded((cause.name, cause) for cause in Cause.objects.all())
    community.causes = {name: known[name.casefold()] for name in names}


def load_skills(community: Community) -> None:
    """Every skill of the content exists; those made here have their other names."""
    content = {
        name: (category, aliases) for category, skills in read("skills").items() for name, aliases in skills.items()
    }
    known = by_casefolded((skill.name, skill) for skill in Skill.objects.all())
    made = Skill.objects.bulk_create(
        Skill(name=name, category=category) for name, (category, _) in content.items() if name.casefold() not in known
    )
    SkillAlias.objects.bulk_create(
        SkillAlias(skill=skill, name=alias) for skill in made for alias in content[skill.name][1]
    )
    known = by_casefolded((skill.name, skill) for skill in Skill.objects.all())
    community.skills = {name: known[name.casefold()] for name in content}
