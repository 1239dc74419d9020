"""Finding skills in a text: every name of the taxonomy at once, the longest at each place, each skill once.

How sure a match is depends on what was found (the preferred name or another one, several words or one, a name that is
also an ordinary word), where (a list of skills, a job, the list of publications) and how often.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick

from domains.skills.extraction.denials import Denials
from domains.skills.extraction.names import find_passages_about_others, is_employer, is_in_name
from domains.skills.extraction.ordinary import COMMON, PRODUCTS
from domains.skills.extraction.repair import plain, whole_words
from domains.skills.extraction.words import (
    WORD,
    Line,
    Section,
    Word,
    heading,
    lines_of,
    singular,
    stem,
    stems_of,
    without_addresses,
    words_of,
)

#: What is found with less is not suggested.
MIN_CONFIDENCE = 0.5
MAX_NAME_WORDS = 10
#: The words of a product's name after its maker's.
MAX_PRODUCT_WORDS = 3
MAX_TEXT_LENGTH = 200
MAX_CONTEXT_LENGTH = 48
#: A single word of so few letters is a skill only in its own capitals, among others: C, R, Go, AI.
MAX_SHORT_LENGTH = 2
#: An abbreviation of so few letters must be written as one: PET is not a pet.
MAX_ABBREVIATION_LENGTH = 4
#: A word that stands in so many names of several words is an ordinary one: design, access, guide.
MIN_ORDINARY_NAMES = 3
#: So much doubt leaves no confidence anywhere: `design` in a list of skills is not ESCO's `think creatively`.
MAX_DOUBT = 0.4
#: Above so many other skills the words before a colon are a heading.
MIN_SKILLS_UNDER_LABEL = 2
LEADING_WORDS = frozenset({"in", "with", "using", "and"})
LIST_SEPARATOR = re.compile(r"[,;•|/()·\n]")
SECTION_WEIGHTS = {
    Section.SKILLS: 0.2,
    Section.EXPERIENCE: 0.0,
    Section.EDUCATION: -0.05,
    Section.OTHER: -0.2,
    Section.REFERENCES: -0.2,
}


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
class _Candidate:
    name: Name
    first: int
    last: int
    confidence: float
    is_weak: bool


class Matcher:
    """The names of a whole taxonomy, ready to be looked for: a second to make it, milliseconds to ask it."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._automaton = ahocorasick.Automaton()
        names = sorted(names, key=lambda one: (one.is_alias, not one.is_curated, one.skill_id))
        by_stems: defaultdict[str, list[Name]] = defaultdict(list)
        for name in names:
            by_stems[stems_of(name.text)].append(name)
        for stems, entries in by_stems.items():
            length = stems.count(" ") + 1
            if stems and length <= MAX_NAME_WORDS:
                self._automaton.add_word(f" {stems} ", (length, entries))
        self._ordinary = _ordinary_words(names)
        self._makers = _makers(names)
        self._vocabulary = frozenset(one for stems in by_stems for one in stems.split())
        self.size = len(self._automaton)
        if self.size:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """Return the skills in the text, surest first."""
        text = whole_words(plain(text), self._knows)
        words, lines = words_of(without_addresses(text)), lines_of(text)
        if not self.size or not words:
            return []
        by_skill: defaultdict[int, list[_Candidate]] = defaultdict(list)
        for one in _select_longest(_accepted(self._all_candidates(words, lines, text), words, lines, text)):
            by_skill[one.name.skill_id].append(one)
        matches = (_match(places, words, lines, text) for places in by_skill.values())
        return sorted(
            (match for match in matches if match.confidence >= MIN_CONFIDENCE),
            key=lambda match: (-match.confidence, match.skill_id),
        )

    def find_named(self, names: Iterable[str]) -> list[Match]:
        """Return the skills that a list names, item by item: whole names only, which are meant as they stand."""
        matches: dict[int, Match] = {}
        for item in names:
            known = self.find_by_name(item)
            if known:
                is_same = known[0].text.casefold() == item.casefold()
                found = Match(known[0].skill_id, item[:MAX_TEXT_LENGTH], 0.95 if is_same else 0.8)
                matches.setdefault(found.skill_id, found)
        return list(matches.values())

    def find_by_name(self, text: str) -> list[Name]:
        """Return the names that are the text as a whole, but for capitals and endings; those that are it first."""
        stems = f" {stems_of(text)} "
        if not stems.strip() or stems not in self._automaton:
            return []
        _, entries = self._automaton.get(stems)
        same = [one for one in entries if " " in one.text.strip() or singular(one.text) == singular(text.strip())]
        return sorted(same, key=lambda one: one.text.casefold() != text.casefold())

    def _knows(self, word: str) -> bool:
        return stem(word) in self._vocabulary

    def _candidates(self, words: list[Word], lines: list[Line], text: str) -> Iterator[_Candidate]:
        stems, ends = _join_stems(words)
        denials, others = Denials(text, lambda line: heading(line) is not None), find_passages_about_others(text)
        for end, (length, entries) in self._automaton.iter(stems):
            last = ends[end]
            first = last - length + 1
            line = lines[words[first].line]
            if line.is_contact or words[first].start < line.heading_end or line.section == Section.REFERENCES:
                continue
            is_employers = is_employer(first, words)
            spelled = [
                one
                for one in entries
                if _is_spelled_like(one, words[first : last + 1], line) and (one.is_curated or not is_employers)
            ]
            start, stop = words[first].start, words[last].end
            is_own = not (others.contain(start) or denials.contain(start, stop))
            if spelled and is_own and not is_in_name(first, last, words, line, text):
                yield self._rate(spelled, first, last, words)

    def _all_candidates(self, words: list[Word], lines: list[Line], text: str) -> list[_Candidate]:
        """Return what stands there in full, and what only its maker is left out of: Adobe Photoshop and Illustrator."""
        found = list(self._candidates(words, lines, text))
        of_makers = (one for one in found if one.last > one.first and words[one.first].stem in self._makers)
        return [*found, *(more for one in of_makers for more in self._find_products_of_maker(one, words, text))]

    def _find_products_of_maker(self, known: _Candidate, words: list[Word], text: str) -> Iterator[_Candidate]:
        """Yield the products that follow in a list and are known by the maker's name before theirs."""
        maker, last = words[known.first].stem, known.last
        while (first := _next_in_list(last, words, text)) is not None:
            longest = min(MAX_PRODUCT_WORDS, len(words) - first)
            lengths = (
                one
                for one in range(longest, 0, -1)
                if not any(word.is_apart for word in words[first + 1 : first + one])
            )
            stems = {one: " ".join([maker, *(word.stem for word in words[first : first + one])]) for one in lengths}
            length = next((one for one, key in stems.items() if f" {key} " in self._automaton), None)
            if length is None or not words[first].text[0].isupper():
                return
            _, entries = self._automaton.get(f" {stems[length]} ")
            last = first + length - 1
            yield _Candidate(entries[0], first, last, known.confidence, is_weak=False)

    def _rate(self, names: list[Name], first: int, last: int, words: list[Word]) -> _Candidate:
        """Return the find of the first of the names; where several skills share it, it is less sure."""
        name = names[0]
        rivals = {one.skill_id for one in names if (one.is_alias, one.is_curated) == name[2:]}
        confidence = (0.6 if name.is_alias else 0.7) - (0.1 if len(rivals) > 1 else 0)
        if [word.text.casefold() for word in words[first : last + 1]] != WORD.findall(name.text.casefold()):
            confidence -= 0.05
        if last > first:
            return _Candidate(name, first, last, confidence + 0.05 * min(last - first, 2), is_weak=False)
        doubt, is_weak = self._doubt(name, words[first].text)
        return _Candidate(name, first, last, confidence - doubt, is_weak)

    def _doubt(self, name: Name, word: str) -> tuple[float, bool]:
        """Return how much less sure a single word is, and whether it counts only among other skills."""
        if len(word) <= MAX_SHORT_LENGTH:
            return 0.1, True
        if word.casefold() in PRODUCTS and not name.is_curated:
            return 0.05, True
        is_ordinary = word.casefold() in self._ordinary
        if name.is_curated:
            return (0.15 if name.is_alias else 0.1, False) if is_ordinary else (0, False)
        if name.is_alias and word.casefold() in COMMON:
            return MAX_DOUBT, True
        # Another name of one ordinary word, such as `guide` for advising others, says little.
        is_plain_alias = name.is_alias and name.text.islower()
        return (0.15, True) if is_ordinary or is_plain_alias else (0, False)


def _makers(names: list[Name]) -> frozenset[str]:
    """Return the stems that begin the names of several products, such as Adobe: names written with capitals."""
    of_several = (name.text.split() for name in names if " " in name.text.strip())
    counts = Counter(words[0] for words in of_several if all(word[0].isupper() for word in words))
    return frozenset(stem(first) for first, number in counts.items() if number > 1)


def _next_in_list(last: int, words: list[Word], text: str) -> int | None:
    """Return the word with which the next item of a list begins in the same line, if there is one."""
    first = last + 1
    if first >= len(words) or words[first].line != words[last].line:
        return None
    gap = text[words[last].end : words[first].start].strip()
    if words[first].stem == "and" and gap in {"", ","}:
        return first + 1 if first + 1 < len(words) and words[first + 1].line == words[last].line else None
    return first if gap in {",", "/"} else None


def _ordinary_words(names: list[Name]) -> frozenset[str]:
    counts = Counter(
        word for name in names if name.text.islower() and " " in name.text for word in set(name.text.split())
    )
    return COMMON | {word for word, number in counts.items() if number >= MIN_ORDINARY_NAMES}


def _join_stems(words: list[Word]) -> tuple[str, dict[int, int]]:
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


def _is_spelled_like(name: Name, words: list[Word], line: Line) -> bool:
    """Tell whether the words are the name, and not only like it: proper names keep their capitals and endings."""
    parts = WORD.findall(name.text)
    if len(words) > 1:
        if not any(part[0].isupper() for part in parts[1:]):
            parts[0] = parts[0].lower() if parts[0].istitle() else parts[0]  # a capital as at the start of a sentence
        pairs = zip(parts, words, strict=False)
        return name.is_curated or all(_has_same_capitals(part, word.text, line) for part, word in pairs)
    text, part = words[0].text, parts[0]
    if len(part) <= MAX_SHORT_LENGTH or (part.isupper() and len(part) <= MAX_ABBREVIATION_LENGTH):
        return text == part and not line.is_capitals and (name.is_curated or not line.has_place_or_year)
    if not name.is_curated and part != part.lower():
        return (
            text.casefold() == part.casefold() and _has_same_capitals(part, text, line) and not line.has_place_or_year
        )
    return singular(text) == singular(part)


def _has_same_capitals(part: str, text: str, line: Line) -> bool:
    """Tell whether a word has the capitals of the name's; in a list of skills people care less for them."""
    if part.isupper() and 1 < len(part) <= MAX_ABBREVIATION_LENGTH:
        return text == part and not line.is_capitals
    return not part[0].isupper() or text[0].isupper() or line.section == Section.SKILLS


def _accepted(candidates: list[_Candidate], words: list[Word], lines: list[Line], text: str) -> Iterator[_Candidate]:
    """Yield those that count: weak ones only in a list of skills, or among sure ones of their line."""
    sure = {words[one.first].line for one in candidates if not one.is_weak}
    listed: defaultdict[int, set[int]] = defaultdict(set)
    for one in candidates:
        number = words[one.first].line
        if words[one.first].start >= lines[number].label_end > 0:
            listed[number].add(one.name.skill_id)
    for one in candidates:
        number = words[one.first].line
        is_label = words[one.first].start < lines[number].label_end
        if is_label and len(listed[number] - {one.name.skill_id}) >= MIN_SKILLS_UNDER_LABEL:
            continue
        number = words[one.first].line
        section = lines[number].section
        is_among = number in sure or section == Section.EDUCATION
        if not one.is_weak or section == Section.SKILLS or (is_among and _is_listed(one, words, text)):
            yield one


def _is_listed(one: _Candidate, words: list[Word], text: str) -> bool:
    """Tell whether a list's mark stands beside it, or a word that leads to a name before it."""
    after = text[words[one.last].end : words[one.last].end + 2]
    before = text[max(0, words[one.first].start - 2) : words[one.first].start]
    leads = one.first > 0 and words[one.first - 1].stem in LEADING_WORDS
    return leads or bool(LIST_SEPARATOR.search(after)) or bool(LIST_SEPARATOR.search(before))


def _select_longest(found: Iterable[_Candidate]) -> Iterator[_Candidate]:
    """Yield the longest at each place; none shares a word with another."""
    taken: set[int] = set()
    for one in sorted(found, key=lambda one: (one.first - one.last, -one.confidence, one.first)):
        span = range(one.first, one.last + 1)
        if taken.isdisjoint(span):
            taken.update(span)
            yield one


def _match(places: list[_Candidate], words: list[Word], lines: list[Line], text: str) -> Match:
    def confidence_of(one: _Candidate) -> float:
        return one.confidence + SECTION_WEIGHTS[lines[words[one.first].line].section]

    best = max(places, key=lambda one: (confidence_of(one), -one.first))
    confidence = confidence_of(best) + 0.03 * min(len(places) - 1, 3)
    around = _context_of(text, words[best.first].start, words[best.last].end)
    return Match(best.name.skill_id, around, round(min(max(confidence, 0.05), 0.98), 2))


def _context_of(text: str, start: int, end: int) -> str:
    """Return the text found with a few words of its own line around it."""
    left = text[max(text.rfind("\n", 0, start) + 1, start - MAX_CONTEXT_LENGTH) : start]
    right = text[end : end + MAX_CONTEXT_LENGTH].partition("\n")[0]
    if len(left) == MAX_CONTEXT_LENGTH:
        left = f"… {left.partition(' ')[2]}"
    if len(right) == MAX_CONTEXT_LENGTH:
        right = f"{right.rpartition(' ')[0]} …"
    shown = " ".join(f"{left}{text[start:end]}{right}".split())
    return "".join(one for one in shown if one.isprintable())[:MAX_TEXT_LENGTH]
