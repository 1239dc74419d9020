"""A text as the matcher sees it: words without their endings, each with its place, its line and its section."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

#: Words with what belongs to them: Node.js, C++, C#, .NET, R&D.
WORD = re.compile(r"(?:(?<!\S)\.)?[^\W_]+(?:[.'\u2019&][^\W_]+)*(?:(?:\+{1,2}|#)(?![^\W_]))?")
#: Between two words of one name there is none of these.
BARRIER = re.compile(r"[,;:•|()\[\]{}!?·●○▪◦*→]|\.\s|\.$|\n\s*\n|\n\s*[-\u2013\u2014]\s")
#: Addresses hold names of products that say nothing about the person.
ADDRESS = re.compile(
    r"\S{1,80}@\S{1,99}|(?:https?://|\bwww\.)\S{1,999}|\b[\w-]{1,63}\.(?:(?:com|org|edu)\b(?:/\S{0,99})?|(?:io|net)/\S{0,99})"
)
SHORTEST_INFLECTED = 4
#: A line with one of these says where and when, or how to reach somebody; names in it are those of firms.
REACHES = re.compile(r"\S{1,80}@\S|https?://|www\.|\.(?:com|org|edu)\b|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}")
PLACED = re.compile(r"\b(?:19|20)\d\d\b|\b[A-Z][a-z]+, [A-Z]{2}\b|\bPresent\b")
IRREGULAR = {
    "led": "lead", "taught": "teach", "wrote": "write", "written": "write", "built": "build", "drove": "drive",
    "spoke": "speak", "ran": "run", "made": "make", "gave": "give", "kept": "keep", "held": "hold", "sold": "sell",
    "dealt": "deal", "sang": "sing", "swam": "swim", "children": "child", "people": "person",
}  # fmt: skip


class Section(StrEnum):
    """What a part of a resume is about."""

    SKILLS = "SKILLS"
    EXPERIENCE = "EXPERIENCE"
    EDUCATION = "EDUCATION"
    OTHER = "OTHER"


HEADINGS = {
    Section.SKILLS: (
        "skills", "skill", "technical skills", "core skills", "key skills", "soft skills", "hard skills",
        "competencies",
        "core competencies", "expertise", "areas of expertise", "technologies", "technical", "tools", "strengths",
        "languages", "language skills", "computer skills", "qualifications", "certifications", "licenses",
        "additional skills", "proficiencies", "tech", "frameworks", "skills summary", "professional skills",
        "programming languages", "tools and technologies", "training", "technical proficiencies", "skill set",
    ),
    Section.EXPERIENCE: (
        "experience", "work experience", "employment", "employment history", "professional experience", "work history",
        "volunteer experience", "volunteering", "volunteer work", "projects", "project", "career", "internships",
        "on campus involvement", "involvement", "activities", "summary", "profile", "objective", "about", "about me",
        "professional summary", "career summary", "research experience", "leadership experience", "community service",
    ),
    Section.EDUCATION: ("education", "coursework", "academic background", "education history", "courses", "studies"),
    Section.OTHER: (
        "publications", "references", "referees", "awards", "honors", "honours", "selected honors", "patents", "links",
        "invited talks", "talks", "interests", "hobbies", "contact", "other information", "personal information",
    ),
}  # fmt: skip
SECTIONS = {heading: section for section, headings in HEADINGS.items() for heading in headings}
LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text; `stem` is what names are compared by."""

    text: str
    stem: str
    start: int
    end: int
    line: int
    #: Whether the words before it belong to something else, such as the item before in a list.
    is_apart: bool


def plain(text: str) -> str:
    """Return the text in Unicode's plain forms: ligatures apart, one kind of line end, no invisible hyphens."""
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).replace("\r\n", "\n")
    return text.replace("\r", " " if "\n" in text else "\n")


def without_addresses(text: str) -> str:
    """Return the text with its addresses blanked out, each character in its place."""
    return ADDRESS.sub(lambda found: " " * len(found.group()), text)


def words_of(text: str) -> list[Word]:
    """Return the words of a plain text; `&` between two words is the word `and`."""
    words: list[Word] = []
    end = line = 0
    for found in WORD.finditer(text):
        gap = text[end : found.start()]
        line += gap.count("\n")
        if words and gap.strip() == "&":
            words.append(Word("&", "and", end, found.start(), line, is_apart=False))
        is_apart = gap != " " and _separates(gap, words[-1].text if words else "", found.group())
        words.append(Word(found.group(), stem(found.group()), found.start(), found.end(), line, is_apart))
        end = found.end()
    return words


def _separates(gap: str, before: str, after: str) -> bool:
    """Tell whether what stands between two words ends a thought; so does a new line that begins a new one."""
    return bool(BARRIER.search(gap)) or ("\n" in gap and before[:1].islower() and after[:1].isupper())


def stems_of(name: str) -> str:
    """Return a name as it is looked for in the stems of a text."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return " ".join(map(stem, WORD.findall(name.replace(" & ", " and "))))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the word without capitals and without the endings of plurals and verbs: manage, manages, managing."""
    word = singular(word)
    if len(word) <= SHORTEST_INFLECTED or not word.isalpha():
        return word
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= SHORTEST_INFLECTED - 1 and any(vowel in base for vowel in "aeiouy"):
            word = base[:-1] if len(base) > SHORTEST_INFLECTED - 1 and base[-1] == base[-2] not in "ls" else base
            break
    return word.removesuffix("e") if len(word) > SHORTEST_INFLECTED else word


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """Return the word without capitals and without the ending of a plural."""
    word = word.casefold().replace("\u2019", "'").removesuffix("'s")
    word = IRREGULAR.get(word, word)
    if len(word) < SHORTEST_INFLECTED or not word.isalpha() or word.endswith(("ss", "us", "is", "os")):
        return word
    if word.endswith("ies") and len(word) > SHORTEST_INFLECTED:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word.removesuffix("s")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text: the section it stands in, and what of it is no prose."""

    section: Section
    #: Where the heading that begins the line ends; what stands in it is no skill.
    heading_end: int
    #: How to reach somebody: nothing in it is a skill.
    is_contact: bool
    #: A place or a year: names in it are those of firms and schools.
    is_placed: bool
    #: All in capitals: they mean nothing.
    is_loud: bool


def lines_of(text: str) -> list[Line]:
    """Return the lines of a plain text."""
    section, lines = Section.EXPERIENCE, []
    start = 0
    for line in text.split("\n"):
        opened = heading(line)
        section = opened or section
        heading_end = start + len(line.partition(":")[0]) if opened else 0
        is_placed = bool(PLACED.search(line)) and section != Section.SKILLS
        is_loud = line.isupper() and section != Section.SKILLS
        lines.append(Line(section, heading_end, bool(REACHES.search(line)), is_placed, is_loud))
        start += len(line) + 1
    return lines


def heading(line: str) -> Section | None:
    """Return the section that the line opens, alone or before a colon."""
    opening = line.strip(" \t-\u2013\u2014•*#:|").partition(":")[0]
    if not opening or len(opening) > LONGEST_HEADING:
        return None
    whole = " ".join(re.sub(r"[^\w\s]", " ", opening.casefold()).split())
    first = re.split(r"\s*(?:&|/|,|\band\b)\s*", opening.casefold())[0].strip()
    return SECTIONS.get(whole) or SECTIONS.get(first)
