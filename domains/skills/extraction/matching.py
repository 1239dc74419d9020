"""Finding skills in a text: every name of the taxonomy at once, the longest at each place, each skill once.

How sure a match is depends on what was found (the preferred name or another one, several words or one, a name that is
also an ordinary word), where (a list of skills, a job, the list of publications) and how often.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import ahocorasick

from domains.skills.extraction.ordinary import COMMON, PRODUCTS
from domains.skills.extraction.words import Section, Word, plain, sections_of, singular, words_of

#: What is found with less is not suggested.
LEAST_CONFIDENCE = 0.5
LONGEST_NAME = 10
LONGEST_CONTEXT = 48
#: A single word of so few letters is a skill only in its own capitals, among others: C, R, Go, AI.
SHORT = 2
#: An abbreviation of so few letters must be written as one: PET is not a pet.
ABBREVIATION = 4
#: A word that stands in so many names of several words is an ordinary one: design, access, guide.
ORDINARY_FROM = 3
BEFORE_A_NAME = frozenset({"in", "with", "using", "and", "or", "of"})
IN_A_LIST = re.compile(r"[,;•|/()·\n]")
WEIGHT_OF_SECTION = {Section.SKILLS: 0.2, Section.EXPERIENCE: 0.0, Section.EDUCATION: -0.05, Section.OTHER: -0.2}


class Name(NamedTuple):
    """One name of a skill; a curated one is known to be meant as it stands."""

    text: str
    skill_id: int
    is_alias: bool = False
    is_curated: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A skill that was found: the text it was found in, with a little around it, and how sure that is, from 0 to 1."""

    skill_id: int
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Known:
    """A name as it is looked for."""

    skill_id: int
    text: str
    words: tuple[str, ...]
    confidence: float
    #: Counts only in a list of skills, or among other skills.
    is_weak: bool = False
    #: Counts only in these capitals.
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    known: _Known
    first: int
    last: int


class Matcher:
    """The names of a whole taxonomy, ready to be looked for; it takes a second to make and milliseconds to ask."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._automaton = ahocorasick.Automaton()
        known = self._known(list(names))
        for stems, entries in known.items():
            self._automaton.add_word(f" {stems} ", (stems.count(" ") + 1, entries))
        self.size = len(known)
        if known:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """Return the skills in the text, surest first."""
        text = plain(text)
        words, sections = words_of(text), sections_of(text)
        if not self.size or not words:
            return []
        found = _longest(_accepted(self._candidates(words), words, sections, text))
        by_skill: defaultdict[int, list[tuple[float, _Found]]] = defaultdict(list)
        for one in found:
            weight = WEIGHT_OF_SECTION[sections[words[one.first].line]]
            by_skill[one.known.skill_id].append((one.known.confidence + weight, one))
        matches = (_match(skill_id, places, words, text) for skill_id, places in by_skill.items())
        return sorted(
            (match for match in matches if match.confidence >= LEAST_CONFIDENCE),
            key=lambda match: (-match.confidence, match.skill_id),
        )

    def find_named(self, names: Iterable[str]) -> list[Match]:
        """Return the skills that a list names, item by item: whole names only, which are meant as they stand."""
        matches: dict[int, Match] = {}
        for item in names:
            words = words_of(plain(item))
            stems = f" {' '.join(word.stem for word in words)} "
            if not words or not self.size or stems not in self._automaton:
                continue
            _, entries = self._automaton.get(stems)
            known = max(entries, key=lambda one: (one.text.casefold() == item.casefold(), one.confidence))
            if len(words) > 1 or singular(words[0].text) == singular(known.words[0]):
                is_same = known.text.casefold() == item.casefold()
                matches.setdefault(known.skill_id, Match(known.skill_id, item[:120], 0.95 if is_same else 0.8))
        return list(matches.values())

    def _known(self, names: list[Name]) -> dict[str, list[_Known]]:
        """Return the names by their stems; of equal ones the preferred and the curated come first."""
        ordinary = _ordinary_words(names)
        by_stems: defaultdict[str, list[_Known]] = defaultdict(list)
        for name in sorted(names, key=lambda one: (one.is_alias, not one.is_curated, one.skill_id)):
            words = words_of(plain(name.text))
            if 0 < len(words) <= LONGEST_NAME:
                by_stems[" ".join(word.stem for word in words)].append(_known(name, words, ordinary))
        return by_stems

    def _candidates(self, words: list[Word]) -> Iterator[_Found]:
        line, starts = _line(words)
        for end, (length, entries) in self._automaton.iter(line):
            last = starts[end]
            first = last - length + 1
            chosen = _choose(entries, words[first : last + 1])
            if chosen is not None:
                yield _Found(chosen, first, last)


def _ordinary_words(names: list[Name]) -> frozenset[str]:
    counts = Counter(
        word for name in names if " " in name.text and name.text.islower() for word in set(name.text.split())
    )
    return COMMON | {word for word, number in counts.items() if number >= ORDINARY_FROM}


def _known(name: Name, words: list[Word], ordinary: frozenset[str]) -> _Known:
    confidence = 0.6 if name.is_alias else 0.7
    texts = tuple(word.text for word in words)
    known = _Known(name.skill_id, name.text, texts, confidence + 0.05 * min(len(words) - 1, 2))
    if len(words) > 1:
        is_proper = sum(word[0].isupper() for word in texts) > 1 and not name.is_curated
        return replace(known, is_exact=is_proper)
    word = texts[0]
    if len(word) <= SHORT:
        return replace(known, is_weak=True, is_exact=True, confidence=confidence - 0.1)
    if word.isupper() and len(word) <= ABBREVIATION:
        return replace(known, is_exact=True)
    if word.casefold() in PRODUCTS:
        return replace(known, is_weak=True, is_exact=word[0].isupper(), confidence=confidence - 0.05)
    if word.casefold() in ordinary:
        if name.is_curated:
            return replace(known, confidence=confidence - 0.1)
        return replace(known, is_weak=True, is_exact=word[0].isupper(), confidence=confidence - 0.15)
    return known


def _line(words: list[Word]) -> tuple[str, dict[int, int]]:
    """Return the stems in one line, and which word ends at which of its characters."""
    parts, ends, length = [" "], {}, 1
    for number, word in enumerate(words):
        if word.is_apart:
            parts.append("\x00 ")
            length += 2
        parts.append(f"{word.stem} ")
        length += len(word.stem) + 1
        ends[length - 1] = number
    return "".join(parts), ends


def _choose(entries: list[_Known], words: list[Word]) -> _Known | None:
    """Return the first name that the words really are; where several skills share it, it is less sure."""
    fitting = [one for one in entries if _fits(one, words)]
    if not fitting:
        return None
    best = fitting[0]
    is_shared = any(one.skill_id != best.skill_id and one.confidence == best.confidence for one in fitting)
    return replace(best, confidence=best.confidence - 0.1) if is_shared else best


def _fits(known: _Known, words: list[Word]) -> bool:
    if len(words) == 1:
        text, name = words[0].text, known.words[0]
        return text == name if known.is_exact else singular(text) == singular(name)
    return not known.is_exact or any(word.text[0].isupper() for word in words)


def _accepted(
    candidates: Iterable[_Found], words: list[Word], sections: list[Section], text: str
) -> Iterator[_Found]:
    """Yield those that count: weak ones only in a list of skills, or among sure ones of their line."""
    strong, weak = [], []
    for one in candidates:
        (weak if one.known.is_weak else strong).append(one)
    lines = {words[one.first].line for one in strong}
    yield from strong
    for one in weak:
        line = words[one.first].line
        if sections[line] == Section.SKILLS or (line in lines and _is_listed(one, words, text)):
            yield one


def _is_listed(one: _Found, words: list[Word], text: str) -> bool:
    """Tell whether a list's mark stands beside it, or a word that leads to a name before it."""
    after = text[words[one.last].end : words[one.last].end + 2]
    before = text[max(0, words[one.first].start - 2) : words[one.first].start]
    leads = one.first > 0 and words[one.first - 1].stem in BEFORE_A_NAME
    return leads or bool(IN_A_LIST.search(after)) or bool(IN_A_LIST.search(before))


def _longest(found: Iterable[_Found]) -> Iterator[_Found]:
    """Yield the longest at each place; none shares a word with another."""
    taken: set[int] = set()
    for one in sorted(found, key=lambda one: (one.first - one.last, one.first)):
        span = range(one.first, one.last + 1)
        if taken.isdisjoint(span):
            taken.update(span)
            yield one


def _match(skill_id: int, places: list[tuple[float, Any]], words: list[Word], text: str) -> Match:
    confidence, best = max(places, key=lambda place: (place[0], -place[1].first))
    confidence += 0.03 * min(len(places) - 1, 3)
    around = _around(text, words[best.first].start, words[best.last].end)
    return Match(skill_id, around, round(min(max(confidence, 0.05), 0.98), 2))


def _around(text: str, start: int, end: int) -> str:
    """Return the text found with a few words of its own line around it."""
    left = text[max(text.rfind("\n", 0, start) + 1, start - LONGEST_CONTEXT) : start]
    right = text[end : end + LONGEST_CONTEXT].partition("\n")[0]
    if len(left) == LONGEST_CONTEXT:
        left = f"… {left.partition(' ')[2]}"
    if len(right) == LONGEST_CONTEXT:
        right = f"{right.rpartition(' ')[0]} …"
    shown = " ".join(f"{left}{text[start:end]}{right}".split())
    return "".join(one for one in shown if one.isprintable())[:200]
