"""The groups of skills, to fill a filter with."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.factories import SkillFactory
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

CATEGORIES = "{ skillCategories { value label skillCount } }"


def test_categories_come_by_name_with_how_many_skills_each_has(api: Api) -> None:
    for category in ("Outdoors", "Kitchen", "Outdoors"):
        SkillFactory(category=category)
    SkillFactory(category="Gone", merged_into=SkillFactory(category="Kitchen"))
    found = api.ask(CATEGORIES)["skillCategories"]
    assert [(one["value"], one["label"], one["skillCount"]) for one in found] == [
        ("Kitchen", "Kitchen", 2),
        ("Outdoors", "Outdoors", 2),
    ]
    for one in found:
        skills = api.ask(
            "query ($filters: SkillFilter) { skills(filters: $filters) { totalCount } }",
            filters={"category": one["value"]},
        )["skills"]
        assert skills == {"totalCount": one["skillCount"]}
    assert len(statements_of(lambda: api.ask(CATEGORIES))) == 1
