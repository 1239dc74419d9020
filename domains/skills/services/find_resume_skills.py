"""Finding the skills in the text of a resume, or that it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from domains.skills.extraction import Match
from domains.skills.extraction.failures import Failure
from domains.skills.extraction.repair import plain
from domains.skills.extraction.words import SECTIONS, heading
from domains.skills.services.taxonomy_matcher import get_matcher

#: What of a resume must be there where no skill is: so many words, and so many of the signs that it is one.
LEAST_WORDS, LEAST_SIGNS = 5, 2
CONTACT = re.compile(r"\S{1,80}@\S{1,80}\.\w|linkedin\.com/|\+?\(?\d{2,4}\)?[\s.-]\d{3}[\s.-]?\d{2,4}")
YEARS = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class FoundSkills:
    """The skills, surest first, or why there are none to look for."""

    matches: list[Match] = field(default_factory=list)
    failure: Failure | None = None


def find_resume_skills(text: str) -> FoundSkills:
    """Return the skills in a text; it is NOT_A_RESUME only where nothing of one is in it."""
    matches = get_matcher().find(text)
    if not matches and not looks_like_a_resume(text):
        return FoundSkills(failure=Failure.NOT_A_RESUME)
    return FoundSkills(matches)


def looks_like_a_resume(text: str) -> bool:
    """Tell whether a text has something of a resume: ways to reach a person, years, its usual sections."""
    text = plain(text)
    if len(text.split()) < LEAST_WORDS:
        return False
    opened = {_opened_by(line) for line in text.splitlines()} - {None}
    signs = (bool(CONTACT.search(text)), len(YEARS.findall(text)) > 1, len(opened) > 0, len(opened) > 1)
    return sum(signs) >= LEAST_SIGNS


def _opened_by(line: str) -> str | None:
    """Return the section that a line opens, if only with its first word: "Experience as a cook, 2019 - 2021"."""
    first = re.match(r"\W{0,5}([^\W\d_]{1,40})", line)
    return heading(line) or (SECTIONS.get(first[1].casefold()) if first else None)
