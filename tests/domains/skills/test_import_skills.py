"""Taking in taxonomies: each skill once, however often and in whatever order the files come."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from domains.skills import services
from domains.skills.models import Skill, SkillIdentifier, fold
from domains.skills.services.skill_files import read_skill_file, read_starter_set
from tests.factories import SkillFactory
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

ESCO = "uri_suffix,preferred_label,alt_labels,skill_type,reuse_level,category_0,category_1,category_2,category_3\n"
ONET = "name,commodity_titles,unspsc_codes,occupations,hot_technology,in_demand\n"


def imported(path: Path | None = None) -> str:
    out = io.StringIO()
    call_command("import_skills", *([path] if path else []), stdout=out)
    return out.getvalue()


def file_with(folder: Path, text: str, name: str = "skills.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def names() -> dict[str, set[str]]:
    return {skill.name: {alias.name for alias in skill.aliases.all()} for skill in Skill.objects.all()}


def test_a_skill_comes_with_its_other_names_its_category_and_its_id(tmp_path: Path) -> None:
    line = "a1,manage musical staff,direct musical staff|manage music staff,skill,sector,skills,management skills,b,c\n"
    assert "1 skills created" in imported(file_with(tmp_path, ESCO + line))
    skill = Skill.objects.get()
    assert (skill.name, skill.category) == ("manage musical staff", "Management skills")
    assert names()[skill.name] == {"direct musical staff", "manage music staff"}
    assert SkillIdentifier.objects.filter(skill=skill, scheme="esco", identifier="a1").exists()


def test_the_same_file_again_changes_nothing_and_a_fuller_one_adds_what_is_new(tmp_path: Path) -> None:
    line = "a1,sew,stitch,skill,sector,skills,crafts,b,c\n"
    imported(file_with(tmp_path, ESCO + line))
    before = rows_of("skills")
    assert "0 skills created, 0 updated, 1 unchanged; 0 other names added" in imported(file_with(tmp_path, ESCO + line))
    assert rows_of("skills") == before
    fuller = ESCO + line.replace("stitch", "stitch|mend clothes") + "a2,knit,,skill,sector,skills,crafts,b,c\n"
    assert "1 skills created, 1 updated" in imported(file_with(tmp_path, fuller))
    assert names() == {"sew": {"stitch", "mend clothes"}, "knit": set()}


def test_what_differs_only_in_capitals_and_spaces_is_the_same_skill(tmp_path: Path) -> None:
    skill = SkillFactory(name="First aid", category="Health")
    imported(file_with(tmp_path, ESCO + "a1,FIRST   Aid,first-aid,skill,sector,skills,care,b,c\n"))
    skill.refresh_from_db()
    assert (Skill.objects.get(), skill.name, skill.category) == (skill, "First aid", "Health")
    assert names() == {"First aid": {"first-aid"}}


def test_a_name_that_is_another_name_elsewhere_makes_no_double(tmp_path: Path) -> None:
    services.load_starter_skills()
    number = Skill.objects.count()
    spreadsheets = Skill.objects.get(name="Spreadsheets")
    assert spreadsheets.aliases.filter(name="Microsoft Excel").exists()
    imported(file_with(tmp_path, ONET + "Microsoft Excel,Spreadsheet software,43232110,859,Y,Y\n"))
    assert Skill.objects.count() == number
    assert spreadsheets.identifiers.filter(scheme="onet-technology").exists()


def test_a_skill_that_was_merged_does_not_come_back(tmp_path: Path) -> None:
    file = file_with(tmp_path, ESCO + "a1,sew,,s,s,skills,crafts,b,c\na2,stitch,,s,s,skills,crafts,b,c\n")
    imported(file)
    services.merge_skills(skill_id=Skill.objects.get(name="stitch").pk, into_id=Skill.objects.get(name="sew").pk)
    before = rows_of("skills")
    assert "0 skills created" in imported(file)
    assert rows_of("skills") == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "header"),
        ("name,price\nsew,3\n", "name, price"),
        (ESCO, "0 skills created"),
    ],
)
def test_what_is_no_taxonomy_is_one_clear_sentence(tmp_path: Path, text: str, says: str) -> None:
    try:
        said = imported(file_with(tmp_path, text))
    except CommandError as refused:
        said = str(refused)
    assert says in said
    assert not Skill.objects.exists()


def test_a_file_that_is_not_there_or_not_text_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_bytes(b"name\n\xff\xfe\xfa")
    for path in (tmp_path / "nowhere.csv", tmp_path / "broken.csv", tmp_path):
        with pytest.raises(CommandError, match=r"\.$"):
            imported(path)
    assert not Skill.objects.exists()


def test_rows_that_are_none_are_skipped_and_counted(tmp_path: Path) -> None:
    rows = f"a1,,x,s,s,skills,c,b,c\na2,{'long ' * 30},,s,s,skills,c,b,c\na3,sew,{'x' * 200},s,s,skills,c,b,c\n"
    said = imported(file_with(tmp_path, ESCO + rows))
    assert "1 skills created" in said
    for reason in ("no name or id", "name too long", "other names that are too long"):
        assert reason in said
    assert names() == {"sew": set()}


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(import_module("domains.skills.services.import_skills"), "BATCH_SIZE", 2)
    lines = "".join(f"a{number},skill number {number},,s,s,skills,crafts,b,c\n" for number in range(5))
    file = file_with(tmp_path, ESCO + lines)

    class Cut(Exception):
        """The operator pressed Ctrl-C."""

    def cut(done: int) -> None:
        if done > 2:
            raise Cut

    with pytest.raises(Cut):
        services.import_skills(rows=read_skill_file(file), progress=cut)
    assert Skill.objects.count() == 4
    assert "1 skills created, 0 updated, 4 unchanged" in imported(file)


def test_the_starter_set_is_about_three_hundred_skills_told_apart_by_all_their_names() -> None:
    rows = read_starter_set()
    assert 280 <= len(rows) <= 340
    every = [fold(name) for row in rows for name in (row.name, *row.aliases)]
    assert sorted({name for name in every if every.count(name) > 1}) == []
    assert f"{len(rows)} skills created" in imported()
    assert f"{len(rows)} unchanged" in imported()
