"""The published taxonomies, imported whole: ESCO, O*NET's skills and O*NET's products, on top of the starter set."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from domains.skills.models import Skill, SkillAlias
from domains.skills.services import load_starter_skills
from tests.domains.skills.real_resumes import check_real_resumes
from tests.shared_data import need_shared_data

pytestmark = [pytest.mark.xdist_group("taxonomies"), pytest.mark.django_db]
FILES = (
    "esco_v1.1.1_skills_en",
    "esco_v1.1.1_languageSkillsCollection_en",
    "onet_content_model_elements",
    "onet_technology_skills",
)
#: What must hold at least; docs/resumes.md has what was measured, which is more.
FLOORS = {"precision": 0.81, "recall": 0.84, "recall_of_all": 0.69, "surest": 0.95}


@pytest.fixture(scope="module")
def published(django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    """The folder of the files, which are imported once: that takes half a minute."""
    folder = need_shared_data() / "skills"
    with django_db_blocker.unblock(), transaction.atomic():
        load_starter_skills()
        for name in FILES:
            imported(folder / f"{name}.csv")
        yield folder
        transaction.set_rollback(True)


def imported(path: Path) -> str:
    out = io.StringIO()
    call_command("import_skills", path, stdout=out)
    return out.getvalue()


def test_the_files_come_in_whole_and_without_doubles(published: Path) -> None:
    assert 22_500 < Skill.objects.count() < 23_500
    assert SkillAlias.objects.count() > 80_000
    folded = list(Skill.objects.values_list("folded_name", flat=True))
    assert len(folded) == len(set(folded))
    own_names = SkillAlias.objects.filter(folded_name=F("skill__folded_name"), skill__merged_into=None)
    assert list(own_names.values_list("name", flat=True)) == []


def test_a_file_that_comes_again_changes_nothing(published: Path) -> None:
    before = Skill.objects.count(), SkillAlias.objects.count()
    assert "0 skills created, 0 updated" in imported(published / "esco_v1.1.1_languageSkillsCollection_en.csv")
    assert before == (Skill.objects.count(), SkillAlias.objects.count())


def test_the_skills_of_real_resumes_are_found(published: Path) -> None:
    check_real_resumes(FLOORS)
