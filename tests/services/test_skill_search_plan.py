"""A search among fourteen thousand skills and their names is answered from the indexes."""

from __future__ import annotations

import pytest
from django.db import connection

from domains.skills.models import Skill, SkillAlias, fold
from domains.skills.selectors import find_skills
from domains.skills.services import import_skills
from domains.skills.services.skill_files import SkillRow

pytestmark = [pytest.mark.services, pytest.mark.django_db]


def test_a_prefix_is_looked_up_and_no_table_is_read_through() -> None:
    skills = Skill.objects.bulk_create(
        Skill(name=f"{number:05} skill", folded_name=fold(f"{number:05} skill"), category="Many")
        for number in range(14_000)
    )
    SkillAlias.objects.bulk_create(
        SkillAlias(skill=skill, name=f"other name {skill.name} {number}") for skill in skills for number in range(3)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE skills_skill, skills_skillalias")
    for search, number in [("00042", 1), ("other name 00042", 1), ("nobody calls it so", 0)]:
        found = find_skills(viewer=None, search=search)[:20]
        plan = found.explain()
        assert "Seq Scan" not in plan, plan
        assert len(found) == number


def test_a_search_right_after_an_import_is_planned_by_what_came_in() -> None:
    rows = [
        SkillRow("test", str(number), f"Craft {number:05}", "Many", (f"Handiwork {number:05}",))
        for number in range(16_000)
    ]
    import_skills(rows=rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'skills_skill'")
        assert cursor.fetchone()[0] >= len(rows)
    assert "Seq Scan" not in find_skills(viewer=None, search="craft 00042")[:20].explain()
