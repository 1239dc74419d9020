"""Words that stand in the name of a firm, a street or another person, and so say nothing of somebody's skills."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from domains.skills.extraction.denials import Passages
from domains.skills.extraction.words import Line, Section, Word

_WORDS = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "data" / "words_of_names.toml").read_text(encoding="utf-8")
)

#: How many words of a name may follow a skill's name: "Plumbing" in "Plumbing and Heating Supply Inc."
MAX_FOLLOWING_WORDS = 4
#: Of a longer line no more than this is looked at.
MAX_LINE_LENGTH = 300
LINKING_WORDS = frozenset({"&", "and", "of", "the", "for"})
LEGAL_FORMS = frozenset(_WORDS["legal"].split())
STREET_WORDS = frozenset(_WORDS["streets"].split())
#: What ends the name of a street beside a number only.
NUMBERED_STREET_WORDS = frozenset(_WORDS["with_a_number"].split())
#: What ends the name of an organization, but for in a list of skills, where it may be part of an item.
ORGANIZATION_WORDS = frozenset(_WORDS["organizations"].split())
#: What ends a part that somebody played, or something they took: these are evidence.
EVIDENCE_WORDS = frozenset(_WORDS["parts"].split())
EMPLOYMENT_WORDS = frozenset({"at", "joined"})
PRAISE_WORDS = frozenset(_WORDS["good"].split())
#: A person with a title and a name, and what is said of them after a comma or in brackets.
_PERSON = re.compile(
    r"\b(?:Dr|Prof|Professor|Mr|Mrs|Ms)\.?[ \t]{1,3}(?:[A-Z][\w.'\u2019-]*[ \t]{0,3}){1,4}[,(\u2013\u2014-]"
)
#: Whose own title it may be: the name at the top of the page.
_OWN_NAME_LINES = 3


def is_in_name(first: int, last: int, words: Sequence[Word], line: Line, text: str) -> bool:
    """Tell whether the words from `first` to `last` are part of the name of a firm or of a street."""
    return _is_in_firm_name(last, words, line, text) or _continues_firm_name(first, last, words, line, text)


def is_employer(first: int, words: Sequence[Word]) -> bool:
    """Tell whether a capitalized name is that of a place where somebody worked: "at Google", not "good at Excel"."""
    if first == 0 or words[first].is_apart or not words[first].text[0].isupper():
        return False
    is_good_at = first > 1 and words[first - 2].text.casefold() in PRAISE_WORDS
    return words[first - 1].text.casefold() in EMPLOYMENT_WORDS and not is_good_at


def _is_in_firm_name(last: int, words: Sequence[Word], line: Line, text: str) -> bool:
    if not words[last].text[0].isupper():
        return False
    for number in range(last + 1, min(last + 1 + MAX_FOLLOWING_WORDS, len(words))):
        word, gap = words[number], text[words[number - 1].end : words[number].start]
        folded = word.text.casefold().rstrip(".")
        if folded in LEGAL_FORMS and word.text[0].isupper() and gap.strip() in {"", ","} and "\n" not in gap:
            return True
        is_linked = word.text in LINKING_WORDS
        if word.is_apart or "\n" in gap or not (word.text[0].isupper() or is_linked):
            return False
        if folded in STREET_WORDS or (folded in NUMBERED_STREET_WORDS and _has_number(number, words)):
            return True
        if folded in ORGANIZATION_WORDS and line.section != Section.SKILLS:
            return True
    return False


def _continues_firm_name(first: int, last: int, words: Sequence[Word], line: Line, text: str) -> bool:
    """Tell whether a firm's name holds the words: "Bell's Plumbing", or "Helper, Plumbing World, 2021"."""
    if line.section == Section.SKILLS or not words[first].text[0].isupper():
        return False
    before = words[first - 1] if first and not words[first].is_apart else None
    if before and before.text[0].isupper() and before.text.replace("\u2019", "'").endswith("'s"):
        return True
    after = words[last + 1] if last + 1 < len(words) and not words[last + 1].is_apart else None
    if (
        line.section != Section.EXPERIENCE
        or not line.has_place_or_year
        or after is None
        or after.line != words[last].line
    ):
        return False
    start = words[first].start
    is_after_a_comma = "," in text[max(0, start - MAX_LINE_LENGTH) : start].rpartition("\n")[2]
    return (
        is_after_a_comma
        and after.text[0].isupper()
        and after.stem not in EVIDENCE_WORDS
        and after.text.casefold() not in EVIDENCE_WORDS
    )


def _has_number(number: int, words: Sequence[Word]) -> bool:
    beside = [words[one] for one in (number - 2, number - 3, number + 1) if 0 <= one < len(words)]
    return any(word.text.isdigit() and abs(word.line - words[number].line) == 0 for word in beside)


def find_passages_about_others(text: str) -> Passages:
    """Return what stands after a person with a title and a name, up to the end of the line."""
    passages, end_of_last = [], 0
    for person in _PERSON.finditer(text, _after_lines(text, _OWN_NAME_LINES)):
        if person.start() >= end_of_last:
            end = text.find("\n", person.end())
            end_of_last = min(len(text) if end == -1 else end, person.end() + 120)
            passages.append((person.start(), end_of_last))
    return Passages(passages)


def _after_lines(text: str, number: int) -> int:
    place = 0
    for _ in range(number):
        place = text.find("\n", place) + 1 or len(text)
    return place
