"""What follows for courses when something happened elsewhere."""

from domains.base import bus
from domains.learning import services
from domains.skills.facts import SkillsMerged


@bus.listen(SkillsMerged)
def follow_the_merged_skill(fact: SkillsMerged) -> None:
    """Courses give the skill that the other went into."""
    services.repoint_skill(skill_id=fact.skill_id, into_id=fact.into_id)
