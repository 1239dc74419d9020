"""Taking back that one can do something."""

from __future__ import annotations

import pytest

from domains.base.errors import NotFound
from domains.skills import services
from domains.skills.models import UserSkill
from tests.factories import SkillFactory, UserFactory, UserSkillFactory

pytestmark = pytest.mark.django_db


def test_only_ones_own_skill_is_removed_and_again_changes_nothing() -> None:
    mine = UserSkillFactory()
    theirs = UserSkillFactory(skill=mine.skill)
    for _ in range(2):
        assert services.remove_skill(actor=mine.user, skill_id=mine.skill_id) == mine.user
        assert list(UserSkill.objects.all()) == [theirs]


def test_a_skill_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        services.remove_skill(actor=UserFactory(), skill_id=0)


def test_who_removes_a_merged_skill_has_not_the_one_that_it_went_into() -> None:
    held = UserSkillFactory()
    merged = SkillFactory(merged_into=held.skill)
    services.remove_skill(actor=held.user, skill_id=merged.pk)
    assert not UserSkill.objects.exists()
