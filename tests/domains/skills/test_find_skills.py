"""Skills are found by how their names begin."""

from __future__ import annotations

import pytest

from domains.skills.selectors import find_skills
from tests.factories import SkillAliasFactory, SkillFactory

pytestmark = pytest.mark.django_db


def found(**wanted: str) -> list[str]:
    return [skill.name for skill in find_skills(viewer=None, **wanted)]


def test_a_skill_is_found_by_the_beginning_of_its_name_or_of_another_name_once() -> None:
    first_aid = SkillFactory(name="First aid", category="Health")
    for alias in ("Emergency care", "Emergency help"):
        SkillAliasFactory(skill=first_aid, name=alias)
    SkillFactory(name="Gardening", category="Outdoors")
    assert found() == ["First aid", "Gardening"]
    assert found(search="first") == found(search=" FIRST  AID ") == ["First aid"]
    assert found(search="emerg") == ["First aid"]
    assert found(search="aid") == []
    assert found(search="%") == found(search="_") == []


def test_a_category_narrows_the_list() -> None:
    SkillFactory(name="Baking", category="Food")
    SkillFactory(name="Bandaging", category="Health")
    assert found(search="ba", category="health") == ["Bandaging"]
    assert found(category="Foo") == []


def test_a_merged_skill_is_not_listed() -> None:
    SkillFactory(name="Sewing by hand", merged_into=SkillFactory(name="Sewing"))
    assert found(search="sew") == ["Sewing"]


def test_the_very_name_comes_first_then_names_that_begin_so_then_other_names() -> None:
    SkillAliasFactory(skill=SkillFactory(name="Arborist work"), name="Tree care")
    for name in ("Tree planting", "Tree", "Treasury"):
        SkillFactory(name=name)
    assert found(search="tree") == ["Tree", "Tree planting", "Arborist work"]
    assert found(search="trea") == ["Treasury"]


def test_names_are_found_whatever_their_script_and_capitals() -> None:
    SkillFactory(name="Straßenmusik")
    SkillFactory(name="廣東話")
    assert found(search="STRASSEN") == ["Straßenmusik"]
    assert found(search="廣") == ["廣東話"]


def test_a_category_or_a_name_that_nothing_could_have_finds_nothing() -> None:
    SkillFactory()
    for endless in ("ä" * 50_000, "%" * 50_000):
        assert not list(find_skills(viewer=None, category=endless))
        assert not list(find_skills(viewer=None, search=endless))
