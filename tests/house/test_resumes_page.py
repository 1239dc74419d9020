"""The page about resumes says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from domains.base.errors import Code
from domains.skills.extraction import file_text
from domains.skills.extraction.failures import Failure
from domains.skills.extraction.matching import MIN_CONFIDENCE, SECTION_WEIGHTS
from domains.skills.extraction.words import Section
from domains.skills.services import find_resume_skills, read_file
from domains.skills.services.evaluate_resumes import read_labels
from domains.skills.services.remove_old_resumes import RESUME_RETENTION
from domains.skills.services.upload_resume import MAX_EXPORT_BYTES, MAX_RESUME_BYTES, MAX_UPLOADS_PER_HOUR

PAGE = Path(settings.BASE_DIR, "docs", "resumes.md").read_text(encoding="utf-8")
MIB = 1024 * 1024


def codes_under(heading: str) -> set[str]:
    """Return the first column of the table that follows a text."""
    table = PAGE.partition(heading)[2].partition("|---|---|\n")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| ([A-Z_]+) \|", table, re.MULTILINE))


def test_every_reason_is_there_and_no_other() -> None:
    assert codes_under("what a reading can end with") == set(Failure)
    about_files = {Code.TOO_LARGE, Code.UNSUPPORTED_TYPE}
    assert codes_under("the upload itself may refuse with") == {*about_files, "INVALID", "RATE_LIMITED"}


@pytest.mark.parametrize(
    "words",
    [
        f"{MAX_RESUME_BYTES // MIB} MB at the most, an export {MAX_EXPORT_BYTES // MIB} MB",
        f"More than {MAX_UPLOADS_PER_HOUR} uploads",
        f"fewer than {find_resume_skills.MIN_WORDS} words, or fewer than two",
        f"| time by the clock | {read_file.TIMEOUT_SECONDS} s |",
        f"| time it computes | {file_text.CPU_SECONDS} s |",
        f"| memory | {file_text.MEMORY_BYTES // MIB} MiB",
        f"| output | {file_text.OUTPUT_BYTES // MIB} MiB |",
        f"| pages of a PDF | {file_text.MAX_PAGES} |",
        f"{file_text.MAX_PARTS:,} parts, {file_text.MAX_UNPACKED_BYTES // MIB} MiB unpacked, "
        f"{file_text.MAX_XML_BYTES // MIB} MiB",
        f"| text | {file_text.MAX_CHARACTERS:,} characters |",
        f"Below {MIN_CONFIDENCE} nothing",
        f"Languages | +{SECTION_WEIGHTS[Section.SKILLS]:.2f} |",
        f"Education | {SECTION_WEIGHTS[Section.EDUCATION]:.2f} |",
        f"Interests | {SECTION_WEIGHTS[Section.OTHER]:.2f} |",
        f"so does the clock after {RESUME_RETENTION.days // 30} months",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in PAGE


def test_the_example_of_labels_is_one(tmp_path: Path) -> None:
    example = tmp_path / "labels.toml"
    example.write_text(PAGE.partition("```toml\n")[2].partition("```")[0])
    labels = read_labels(example)
    assert labels["jane.docx"] == labels["jane.pdf"]
    assert labels["scan.pdf"] == {"failure": "NO_TEXT"}
