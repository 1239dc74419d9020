"""Letters that are set apart are words again, and so are words that a hyphen parts at the end of a line."""

from __future__ import annotations

import pytest

from domains.skills.extraction.repair import plain, whole_words

KNOWN = {"photography", "bookkeeping", "first", "aid", "management", "project", "car", "javascript", "java", "script"}


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("E X P E R I E N C E", "EXPERIENCE"),
        ("W O R K   H I S T O R Y", "WORK HISTORY"),
        ("W  O  R  K     H  I  S  T  O  R  Y", "WORK HISTORY"),
        ("S\u00a0K\u00a0I\u00a0L\u00a0L\u00a0S", "SKILLS"),
        ("S K I L L S: Baking", "SKILLS: Baking"),
        ("j o . l e e @ e x a m p l e . o r g", "jo.lee@example.org"),
        ("B a k i n g ,   S e w i n g", "Baking, Sewing"),
        ("a b", "a b"),
        ("C R J", "C R J"),
        ("C, R, J, D", "C, R, J, D"),
        ("R | C | J | D", "R | C | J | D"),
        ("J. R. R. T. Smith", "J. R. R. T. Smith"),
        ("photo\u00adgraphy", "photography"),
        ("pho\u00ad\ntogra\u00ad\n phy, x", "photography\n, x"),
        ("pho\u00ac\ntography", "photography\n"),
    ],
)
def test_what_is_set_apart_is_closed_up(text: str, mended: str) -> None:
    assert plain(text) == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("photogra-\nphy, x", "photography\n, x"),
        ("photogra- \n  phy", "photography\n  "),
        ("photogra\u2010\nphy", "photography\n"),
        ("pho-\ntogra-\nphy now", "photography\n\n now"),
        ("book-\nkeeping", "bookkeeping\n"),
        ("project man-\nagement", "project management\n"),
        ("first-\naid course", "first-aid\n course"),
        ("car-\npenter", "carpenter\n"),
        ("JAVA-\nSCRIPT", "JAVASCRIPT\n"),
        ("Spanish-\nEnglish", "Spanish-English\n"),
        ("2019-\n2021", "2019-\n2021"),
        ("Helper -\nKitchen", "Helper -\nKitchen"),
    ],
)
def test_a_word_over_the_end_of_a_line_is_whole_and_a_compound_keeps_its_parts(text: str, mended: str) -> None:
    assert whole_words(text, lambda word: word.casefold() in KNOWN) == mended
