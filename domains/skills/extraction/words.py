"""A text as the matcher sees it: words without their endings, each with its place, its line and its section."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

#: Words with what belongs to them: Node.js, C++, C#, .NET, R&D.
WORD = re.compile(r"(?:(?<!\S)\.)?[^\W_]+(?:[.'’&][^\W_]+)*(?:(?:\+{1,2}|#)(?![^\W_]))?")
#: Between two words of one name there is none of these.
BARRIER = re.compile(r"[,;:•|()\[\]{}!?·●○▪◦*→]|\.\s|\.$|\n\s*\n|\n\s*[-–—]\s")
#: Addresses hold names of products that say nothing about the person.
ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\b[\w-]+\.(?:com|org|edu)\b(?:/\S*)?|\b[\w-]+\.(?:io|net)/\S*")
SHORTEST_INFLECTED = 4


class Section(StrEnum):
    """What a part of a resume is about."""

    SKILLS = "SKILLS"
    EXPERIENCE = "EXPERIENCE"
    EDUCATION = "EDUCATION"
    OTHER = "OTHER"


HEADINGS = {
    Section.SKILLS: (
        "skills", "skill", "technical skills", "core skills", "key skills", "soft skills", "hard skills", "competencies",
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
    """Return the text in Unicode's plain forms (ligatures apart), with addresses blanked out; one character a piece."""
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).replace("\r\n", "\n")
    text = text.replace("\r", " " if "\n" in text else "\n")
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
        is_apart = bool(BARRIER.search(gap)) if gap != " " else False
        words.append(Word(found.group(), stem(found.group()), found.start(), found.end(), line, is_apart))
        end = found.end()
    return words


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
    word = word.casefold().replace("’", "'").removesuffix("'s")
    if len(word) < SHORTEST_INFLECTED or not word.isalpha() or word.endswith(("ss", "us", "is", "os")):
        return word
    if word.endswith("ies") and len(word) > SHORTEST_INFLECTED:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word.removesuffix("s")


def sections_of(text: str) -> list[Section]:
    """Return, for each line of the text, the section that it stands in."""
    section, sections = Section.EXPERIENCE, []
    for line in text.split("\n"):
        section = heading(line) or section
        sections.append(section)
    return sections


def heading(line: str) -> Section | None:
    """Return the section that the line opens, alone or before a colon."""
    opening = line.strip(" \t-–—•*#:|").partition(":")[0]
    if not opening or len(opening) > LONGEST_HEADING:
        return None
    whole = " ".join(re.sub(r"[^\w\s]", " ", opening.casefold()).split())
    first = re.split(r"\s*(?:&|/|,|\band\b)\s*", opening.casefold())[0].strip()
    return SECTIONS.get(whole) or SECTIONS.get(first)
