"""Resumes as people write them: columns, tables, letters apart, hyphens, denials, other people's skills."""

from __future__ import annotations

from pathlib import Path

import pytest

from domains.skills.extraction.readable import readable_kind
from domains.skills.models import Skill
from domains.skills.services import load_starter_skills
from domains.skills.services.find_resume_skills import find_resume_skills
from domains.skills.services.import_skills import import_skills
from domains.skills.services.read_file import read_file
from domains.skills.services.skill_files import read_skill_file
from tests.shared_data import need_shared_data

pytestmark = pytest.mark.django_db

COLUMNS = {
    "Graphic design", "First aid", "Conflict mediation", "Public speaking", "Video editing", "Spanish", "Bicycle repair"
}  # fmt: skip
SPACED = {"Spanish", "Plumbing", "Baking", "Welding", "Sewing"}
#: What is to be suggested with the starter set.
RIGHT = {
    "hyphenated.pdf": {
        "Spanish", "Public speaking", "Graphic design", "Plumbing", "Storytelling", "Photography", "Bookkeeping",
        "Carpentry", "Project management",
    },
    "negated.pdf": set(),
    "letter_spaced.pdf": {"Baking", "Sewing", "Gardening"},
    "letter_spaced.txt": {"Baking", "Sewing", "Gardening"},
    "two_names_in_a_line.txt": {"HTML", "CSS"},
    "heading_is_no_skill.txt": {"Baking"},
    "referee_and_employer.txt": {"Baking"},
    "two_columns_column_order.pdf": COLUMNS,
    "sidebar_left_small_gap.pdf": COLUMNS,
    "word_table.docx": COLUMNS,
    "word_text_box.docx": COLUMNS,
    "word_contact_in_header.docx": COLUMNS,
    "word_split_runs.docx": {"Public speaking", "Carpentry", "First aid"},
    "spaced_heading.pdf": SPACED,
    "spaced_heading_control.pdf": SPACED,
    "tracked_letters.pdf": {"Public speaking", "Carpentry", "Bookkeeping"},
    "ligatures.pdf": {"First aid", "Conflict mediation"},
    "latin1.txt": {"Spanish", "French", "Portuguese", "Carpentry"},
    "german.pdf": {"Spanish", "Python", "Spreadsheets"},
}  # fmt: skip
#: What must not be; everything else where nothing but the right is.
WRONG = {
    "negated.pdf": {"Nursing", "Driving a car", "Spanish", "Welding", "Plumbing", "Dance"},
    "heading_is_no_skill.txt": {"Research"},
}
#: Files with nothing to find but the right.
NOTHING_ELSE = {
    "negated.pdf", "letter_spaced.pdf", "letter_spaced.txt", "two_names_in_a_line.txt", "heading_is_no_skill.txt",
    "referee_and_employer.txt", "tracked_letters.pdf", "hyphenated.pdf", "word_split_runs.docx", "latin1.txt",
}  # fmt: skip


def suggested(name: str) -> set[str]:
    """Return the names of the skills in one of the files, read as an upload is; it must be a resume."""
    path = need_shared_data() / "cases" / "resumes" / name
    content = path.read_bytes()
    read = read_file(content=content, kind=readable_kind(content))
    assert read.failure is None
    found = find_resume_skills(read.text)
    assert found.failure is None
    names = dict(Skill.objects.values_list("pk", "name"))
    return {names[match.skill_id] for match in found.matches}


def taxonomy(*names: str) -> None:
    load_starter_skills()
    for name in names:
        import_skills(rows=read_skill_file(need_shared_data() / "cases" / "resumes" / name))


@pytest.mark.parametrize("name", RIGHT)
def test_the_skills_of_a_resume_are_suggested_and_no_others(name: str) -> None:
    taxonomy()
    found = suggested(name)
    assert found >= RIGHT[name]
    assert found.isdisjoint(WRONG.get(name, ()))
    if name in NOTHING_ELSE:
        assert found == RIGHT[name]


def test_both_spellings_of_a_heading_find_the_same() -> None:
    taxonomy()
    assert suggested("spaced_heading.pdf") == suggested("spaced_heading_control.pdf")


def test_words_with_blanks_in_them_are_found_whole_or_not_at_all() -> None:
    taxonomy()
    assert suggested("spaced_words.pdf") <= {"Public speaking", "Bookkeeping", "Carpentry", "Photography"}


def test_a_maker_counts_for_each_of_its_products_and_a_spaced_name_for_no_skill_of_one_letter() -> None:
    taxonomy("more_skills.csv")
    assert suggested("maker_and_two_products.txt") == {"Adobe Photoshop", "Adobe Illustrator"}
    for name in ("letter_spaced.pdf", "letter_spaced.txt"):
        assert suggested(name) == {"Baking", "Sewing", "Gardening"}
    assert suggested("referee_and_employer.txt") == {"Baking"}, "neither what the referee professes, nor an employer"


def test_names_of_programming_languages_are_found_as_they_are_written_and_not_in_other_words() -> None:
    taxonomy("tech_taxonomy.csv")
    languages = {
        "C++", "C#", ".NET", "Node.js", "R (computer programming)", "Go", "F#", "Objective-C",
        "C (computer programming)",
    }  # fmt: skip
    assert suggested("tech_names.pdf") >= languages
    in_sentences = suggested("tech_sentence.pdf")
    assert in_sentences >= {"C++", "C#", ".NET", "Node.js"}
    assert in_sentences.isdisjoint({"Go", "R (computer programming)", "C (computer programming)"})


def test_every_file_has_its_right_answer() -> None:
    files = {path.name for path in Path(need_shared_data() / "cases" / "resumes").iterdir()}
    asked = {*RIGHT, "spaced_words.pdf", "maker_and_two_products.txt", "tech_names.pdf", "tech_sentence.pdf"}
    assert files - {"README.md", "more_skills.csv", "tech_taxonomy.csv"} == asked
