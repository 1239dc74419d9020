"""How well skills are found: what the figures mean, and that they stay what they were measured to be."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from domains.skills.management.commands.evaluate_resumes import figures
from domains.skills.services import load_starter_skills
from domains.skills.services.evaluate_resumes import EXPECTED_FILE, FileResult, evaluate_resumes, read_labels
from tests.domains.skills.real_resumes import check_real_resumes
from tests.factories import SkillAliasFactory, SkillFactory
from tests.resumes import RESUME, pdf_of

pytestmark = pytest.mark.django_db
#: What must hold at least; docs/resumes.md has what was measured, which is more.
STARTER = {"precision": 0.75, "recall": 0.8, "recall_of_all": 0.23, "surest": 0.9}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    SkillAliasFactory(skill=SkillFactory(name="Gardening"), name="Horticulture")
    for name in ("First aid", "Leading teams", "Experience"):
        SkillFactory(name=name)
    (tmp_path / "good.txt").write_text(RESUME)
    (tmp_path / "same.pdf").write_bytes(pdf_of(RESUME))
    (tmp_path / "scan.pdf").write_bytes(pdf_of(""))
    (tmp_path / "surprise.pdf").write_bytes(pdf_of(RESUME))
    (tmp_path / "unlabelled.txt").write_text(RESUME)
    (tmp_path / "labels.toml").write_text(
        '["good.txt"]\nskills = ["Plant care | horticulture", "Leading teams", "Bookkeeping"]\n'
        '["same.pdf"]\nsame_as = "good.txt"\n'
        '["scan.pdf"]\nfailure = "NO_TEXT"\n["surprise.pdf"]\nfailure = "ENCRYPTED"\n'
        '["missing.txt"]\nskills = ["Gardening"]\n'
    )
    return tmp_path


def run(folder: Path, **options: Any) -> str:
    out = StringIO()
    call_command("evaluate_resumes", folder, stdout=out, **options)
    return out.getvalue()


def test_each_file_is_compared_with_its_labels(folder: Path) -> None:
    results = evaluate_resumes(files=sorted(folder.iterdir()), labels=read_labels(folder / "labels.toml"))
    good, same, scan, surprise = results
    assert [result.name for result in results] == ["good.txt", "same.pdf", "scan.pdf", "surprise.pdf"]
    for result in (good, same):
        assert (result.right, result.wrong) == (["Gardening"], ["First aid"])
        assert (result.found_labels, result.missed, result.unknown) == (1, ["Leading teams"], ["Bookkeeping"])
        assert sorted(is_right for _, is_right in result.confidences) == [False, True]
    assert (scan.failure, scan.expected_failure, scan.right) == ("NO_TEXT", "NO_TEXT", [])
    assert (surprise.failure, surprise.expected_failure) == ("", "ENCRYPTED")


def test_the_command_prints_the_figures_and_writes_them_down(folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "figures.json"
    printed = run(folder, expected=folder / "labels.toml", out=report, show=True)
    assert "good.txt: precision 1/2, recall 1/2 (+1 that the taxonomy lacks)" in printed
    assert "wrong: ['First aid']" in printed
    assert "scan.pdf: NO_TEXT (as expected)" in printed
    assert "surprise.pdf: read (not ENCRYPTED)" in printed
    assert "unlabelled" not in printed
    assert "1 of 2 reasons right" in printed
    written = json.loads(report.read_text())
    assert written["total"]["files"] == len(written["files"]) == 4
    assert (written["total"]["reasons"], written["total"]["failures"]) == (1, 2)


def test_a_folder_that_is_none_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere is no folder"):
        run(tmp_path / "nowhere")


def test_the_figures_of_all_files_count_finds_and_labels() -> None:
    one = FileResult(
        "one", seconds=2, right=["a", "b", "c"], wrong=["d"], found_labels=2, missed=["e", "f"], unknown=["g"],
        confidences=[(0.95, True), (0.9, True), (0.55, False), (1.0, True)],
    )  # fmt: skip
    total = figures([one, FileResult("two", seconds=4, failure="NO_TEXT", expected_failure="DAMAGED")])
    assert (total["precision"], total["recall"], total["recall_of_all"]) == (0.75, 0.5, 0.4)
    assert (total["known"], total["labels"], total["reasons"], total["failures"]) == (4, 5, 0, 1)
    assert (total["seconds"], total["slowest"]) == (3, 4)
    bands = {band["from"]: (band["right"], band["found"]) for band in total["bands"]}
    assert bands == {0.5: (0, 1), 0.9: (3, 3)}
    assert figures([])["precision"] == 0


def test_every_label_has_skills_or_a_reason() -> None:
    labels = read_labels(EXPECTED_FILE)
    assert len(labels) >= 18
    for name, entry in labels.items():
        assert bool(entry.get("skills")) != bool(entry.get("failure")), name


def test_the_skills_of_real_resumes_are_found_with_the_starter_set() -> None:
    load_starter_skills()
    check_real_resumes(STARTER)
