"""Causes and skills; existing ones are used and stay as they are."""

from __future__ import annotations

from config.demo.community import Community, by_casefolded
from domains.opportunities.models import Cause
from domains.skills.models import SkillIdentifier
from domains.skills.services import load_starter_skills
from domains.skills.services.skill_files import STARTER_SCHEME, read_starter_set


def load_causes(community: Community) -> None:
    """Load every cause of the content."""
    known = by_casefolded((cause.name, cause) for cause in Cause.objects.all())
    names = community.host_content["causes"]
    Cause.objects.bulk_create(Cause(name=name) for name in names if name.casefold() not in known)
    known = by_casefolded((cause.name, cause) for cause in Cause.objects.all())
    community.causes = {name: known[name.casefold()] for name in names}


def load_skills(community: Community) -> None:
    """Load every skill of the starter set; existing skills keep their name and their category."""
    load_starter_skills()
    of_the_set = SkillIdentifier.objects.filter(scheme=STARTER_SCHEME).select_related("skill")
    known = {row.identifier: row.skill for row in of_the_set}
    community.skills = {row.name: known[row.identifier] for row in read_starter_set()}
