"""A community that was there before: its skills keep their names, and are found by them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from domains.skills.models import Skill, SkillAlias

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("skills", "0001_initial")], [("skills", "0002_taxonomy_and_resumes")]


@pytest.fixture
def old_tables() -> Iterator[MigrationExecutor]:
    """The tables as they were; whatever the test does, they are today's in the end."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield MigrationExecutor(connection)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_names_are_folded_and_what_differed_only_in_spaces_stays_apart(old_tables: MigrationExecutor) -> None:
    apps = old_tables.loader.project_state(BEFORE).apps
    skills, aliases = apps.get_model("skills", "Skill"), apps.get_model("skills", "SkillAlias")
    first_aid, doubled = (skills.objects.create(name=name, category="Health") for name in ("First aid", "First  aid"))
    for name in ("Erste Hilfe", "Erste  Hilfe"):
        aliases.objects.create(skill=first_aid, name=name)
    old_tables.migrate(AFTER)
    names = dict(Skill.objects.values_list("pk", "folded_name"))
    assert names == {first_aid.pk: "first aid", doubled.pk: f"first aid ({doubled.pk})"}
    assert [alias.folded_name for alias in SkillAlias.objects.all()] == ["erste hilfe"]
