"""Saying what one can do."""

from __future__ import annotations

import pytest

from domains.base.errors import Refused
from domains.skills import services
from domains.skills.models import SkillSource, UserSkill
from tests.factories import SkillFactory, UserFactory, UserSkillFactory

pytestmark = pytest.mark.django_db


def codes_of(refusal: Refused) -> list[tuple[str, str | None]]:
    return [(str(problem.code), problem.field) for problem in refusal.problems]


def test_a_person_says_that_they_have_a_skill() -> None:
    user, skill = UserFactory(), SkillFactory()
    held = services.add_skill(actor=user, skill_id=skill.pk, proficiency_level=4)
    held.refresh_from_db()
    assert (held.user, held.skill, held.proficiency_level) == (user, skill, 4)
    assert (held.source, held.is_verified) == (SkillSource.SELF, False)


def test_saying_it_again_changes_the_level_of_the_one_row() -> None:
    user, skill = UserFactory(), SkillFactory()
    first = services.add_skill(actor=user, skill_id=skill.pk, proficiency_level=2)
    again = services.add_skill(actor=user, skill_id=skill.pk, proficiency_level=5)
    assert again == first
    assert UserSkill.objects.get().proficiency_level == 5


@pytest.mark.parametrize("level", [0, 6, -1, 32768])
def test_a_level_outside_one_to_five_is_refused(level: int) -> None:
    with pytest.raises(Refused) as refused:
        services.add_skill(actor=UserFactory(), skill_id=SkillFactory().pk, proficiency_level=level)
    assert codes_of(refused.value) == [("INVALID", "proficiency_level")]
    assert not UserSkill.objects.exists()


def test_a_skill_that_is_unknown_is_not_found() -> None:
    with pytest.raises(Refused) as refused:
        services.add_skill(actor=UserFactory(), skill_id=0, proficiency_level=3)
    assert codes_of(refused.value) == [("NOT_FOUND", "skill_id")]


def test_who_adds_a_merged_skill_has_the_one_that_it_went_into() -> None:
    user, skill = UserFactory(), SkillFactory()
    held = services.add_skill(actor=user, skill_id=SkillFactory(merged_into=skill).pk, proficiency_level=3)
    assert (held.user, held.skill) == (user, skill)
    assert UserSkill.objects.get() == held


def test_a_level_that_somebody_confirmed_is_not_ones_own_to_change() -> None:
    held = UserSkillFactory(proficiency_level=3, is_verified=True, source=SkillSource.COURSE)
    with pytest.raises(Refused) as refused:
        services.add_skill(actor=held.user, skill_id=held.skill_id, proficiency_level=5)
    assert codes_of(refused.value) == [("ALREADY_VERIFIED", "proficiency_level")]
    assert services.add_skill(actor=held.user, skill_id=held.skill_id, proficiency_level=3) == held
    held.refresh_from_db()
    assert (held.proficiency_level, held.is_verified) == (3, True)
