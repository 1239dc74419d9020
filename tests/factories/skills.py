"""Skills and who has them."""

from __future__ import annotations

from factory.declarations import Sequence, SubFactory

from domains.skills.models import Skill, SkillAlias, UserSkill
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory


class SkillFactory(ModelFactory[Skill]):
    """A skill of its own name."""

    class Meta:
        model = Skill

    name = Sequence(lambda n: f"Skill {n}")
    category = "Outdoors"


class SkillAliasFactory(ModelFactory[SkillAlias]):
    """Another name of a skill."""

    class Meta:
        model = SkillAlias

    skill = SubFactory(SkillFactory)
    name = Sequence(lambda n: f"Other name {n}")


class UserSkillFactory(ModelFactory[UserSkill]):
    """A skill that somebody says they have."""

    class Meta:
        model = UserSkill

    user = SubFactory(UserFactory)
    skill = SubFactory(SkillFactory)
