"""Finding the skills in a text, and recognizing whether the text is a resume."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from domains.skills.extraction import Match
from domains.skills.extraction.failures import Failure
from domains.skills.extraction.repair import plain
from domains.skills.extraction.words import SECTION_OF_HEADING, heading
from domains.skills.services.taxonomy_matcher import get_matcher

#: The words, and the signs of a resume, that a text without skills must have to count as a resume.
MIN_WORDS, MIN_SIGNS = 5, 2
CONTACT = re.compile(r"\S{1,80}@\S{1,80}\.\w|linkedin\.com/|\+?\(?\d{2,4}\)?[\s.-]\d{3}[\s.-]?\d{2,4}")
YEARS = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class FoundSkills:
    """The skills, most certain first, or the failure."""

    matches: list[Match] = field(default_factory=list)
    failure: Failure | None = None


def find_resume_skills(text: str) -> FoundSkills:
    """Return the skills in a text; NOT_A_RESUME only if it has no skill and nothing of a resume."""
    matches = get_matcher().find(text)
    if not matches and not looks_like_a_resume(text):
        return FoundSkills(failure=Failure.NOT_A_RESUME)
    return FoundSkills(matches)


def looks_like_a_resume(text: str) -> bool:
    """Return whether a text has signs of a resume: contact details, years, the usual sections."""
    text = plain(text)
    if len(text.split()) < MIN_WORDS:
        return False
    opened = {_section_opened_by(line) for line in text.splitlines()} - {None}
    signs = (bool(CONTACT.search(text)), len(YEARS.findall(text)) > 1, len(opened) > 0, len(opened) > 1)
    return sum(signs) >= MIN_SIGNS


def _section_opened_by(line: str) -> str | None:
    """Return the section that a line opens, if only with its first word: "Experience as a cook, 2019 - 2021"."""
    first = re.match(r"\W{0,5}([^\W\d_]{1,40})", line)
    return heading(line) or (SECTION_OF_HEADING.get(first[1].casefold()) if first else None)
