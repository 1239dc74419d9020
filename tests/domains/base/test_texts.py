"""Names and texts: they show something, and do not show as something else."""

from __future__ import annotations

import pytest

from domains.base.texts import is_visible, line_problems, text_problems


@pytest.mark.parametrize(
    "name", ["Ada", "Łucja Ó'Brien-Šimić", "李小龍", "محمد", "नमस्ते", "👩‍🌾 Garden", "नमस्\u200cते", "7"]
)
def test_a_name_that_people_have_is_good(name: str) -> None:
    assert line_problems(name, "name") == []


@pytest.mark.parametrize(
    "name", ["\u200b", "\u202e\u202e", "\u3164", "\u2800 \u115f", "a\u202egnp.exe", "a\u200bb", "a\x07b", "\u200d"]
)
def test_a_name_that_hides_is_refused(name: str) -> None:
    assert [(problem.code, problem.field) for problem in line_problems(name, "name")] == [("INVALID", "name")]


def test_nothing_at_all_is_another_matter() -> None:
    assert line_problems("", "name") == []
    assert not is_visible("")


@pytest.mark.parametrize(
    "text", ["", "Bring gloves.\r\n\n\t- and water", "\u200fمحمد\u2067abc\u2069", "👩\u200d🌾 soft\u00adhyphen"]
)
def test_a_text_may_have_lines_and_the_formats_of_its_script(text: str) -> None:
    assert text_problems(text, "text") == []


@pytest.mark.parametrize("text", ["\u200b\n\u200b", "\u202e", "Send \u202eyenom", "a\x1b[31mb", "a\x07b"])
def test_a_text_that_hides_or_turns_others_round_is_refused(text: str) -> None:
    assert [(problem.code, problem.field) for problem in text_problems(text, "text")] == [("INVALID", "text")]
