"""Skills and who has them."""

from __future__ import annotations

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory, Trait
from factory.django import FileField

from domains.skills.models import Resume, ResumeSuggestion, Skill, SkillAlias, SkillIdentifier, UserSkill
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


class SkillIdentifierFactory(ModelFactory[SkillIdentifier]):
    """What a published taxonomy calls a skill."""

    class Meta:
        model = SkillIdentifier

    skill = SubFactory(SkillFactory)
    scheme = "esco"
    identifier = Sequence(lambda n: f"id-{n}")


class ResumeFactory(ModelFactory[Resume]):
    """A resume that waits to be read; with `parsed` one that was."""

    class Meta:
        model = Resume

    class Params:
        parsed = Trait(status="PARSED", done_at=LazyFunction(timezone.now))

    user = SubFactory(UserFactory)
    file = FileField(data=b"Jane Doe\nSkills: Gardening")
    original_name = "resume.txt"
    size = 26
    content_type = "text/plain"


class ResumeSuggestionFactory(ModelFactory[ResumeSuggestion]):
    """A skill that a resume suggests."""

    class Meta:
        model = ResumeSuggestion

    resume = SubFactory(ResumeFactory, parsed=True)
    skill = SubFactory(SkillFactory)
    matched_text = "Skills: Gardening"
    confidence = 0.9
