"""Names: they show something, and do not show as something else."""

from __future__ import annotations

import pytest

from domains.base.texts import is_visible, name_problems


@pytest.mark.parametrize(
    "name", ["Ada", "Łucja Ó'Brien-Šimić", "李小龍", "محمد", "नमस्ते", "👩‍🌾 Garden", "नमस्\u200cते", "7"]
)
def test_a_name_that_people_have_is_good(name: str) -> None:
    assert name_problems(name, "name") == []


@pytest.mark.parametrize(
    "name", ["\u200b", "\u202e\u202e", "\u3164", "\u2800 \u115f", "a\u202egnp.exe", "a\u200bb", "a\x07b", "\u200d"]
)
def test_a_name_that_hides_is_refused(name: str) -> None:
    assert [(problem.code, problem.field) for problem in name_problems(name, "name")] == [("INVALID", "name")]


def test_nothing_at_all_is_another_matter() -> None:
    assert name_problems("", "name") == []
    assert not is_visible("")
