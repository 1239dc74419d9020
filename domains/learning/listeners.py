"""Listeners that update courses after facts of other domains."""

from domains.base import bus
from domains.learning import services
from domains.skills.facts import SkillsMerged


@bus.listen(SkillsMerged)
def replace_merged_skill(fact: SkillsMerged) -> None:
    """Makes courses give the skill that the other was merged into."""
    services.repoint_skill(skill_id=fact.skill_id, into_id=fact.into_id)
