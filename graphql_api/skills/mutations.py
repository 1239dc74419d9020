"""Acts on one's own skills."""

from __future__ import annotations

import strawberry

from domains.skills import services
from graphql_api.accounts.types import User
from graphql_api.context import Info, signed_in
from graphql_api.ids import known_or_nobody
from graphql_api.mutations import mutation
from graphql_api.skills.inputs import AddSkillInput, RemoveSkillInput
from graphql_api.skills.types import UserSkill


@strawberry.type
class SkillMutations:
    """The root fields of skills."""

    @mutation(description="Say that you have a skill, and how well; again to change the level. Needs a login.")
    def add_skill(self, info: Info, input: AddSkillInput) -> UserSkill:
        """Call `services.add_skill`."""
        return services.add_skill(  # type: ignore[return-value]
            actor=signed_in(info),
            skill_id=known_or_nobody(input.skill_id, "Skill"),
            proficiency_level=input.proficiency_level,
        )

    @mutation(description="Take back that you have a skill. Needs a login.")
    def remove_skill(self, info: Info, input: RemoveSkillInput) -> User:
        """Call `services.remove_skill`."""
        return services.remove_skill(  # type: ignore[return-value]
            actor=signed_in(info), skill_id=known_or_nobody(input.skill_id, "Skill")
        )
