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
MIN_INFLECTED_LENGTH = 4
#: A line with one of these says where and when, or how to reach somebody; names in it are those of firms.
CONTACT_DETAILS = re.compile(r"\S{1,80}@\S|https?://|www\.|\.(?:com|org|edu)\b|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}")
PLACE_OR_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b[A-Z][a-z]+, [A-Z]{2}\b|\bPresent\b")
IRREGULAR_FORMS = {
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
    #: What is said of other people: nothing in it is a skill of one's own.
    REFERENCES = "REFERENCES"


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
        "research", "teaching", "teaching experience", "leadership",
    ),
    Section.EDUCATION: ("education", "coursework", "academic background", "education history", "courses", "studies"),
    Section.OTHER: (
        "publications", "awards", "honors", "honours", "selected honors", "patents", "links",
        "invited talks", "talks", "interests", "hobbies", "contact", "other information", "personal information",
    ),
    Section.REFERENCES: (
        "reference", "references", "referee", "referees", "professional references", "character references",
        "personal references",
    ),
}  # fmt: skip
SECTION_OF_HEADING = {heading: section for section, headings in HEADINGS.items() for heading in headings}
#: Headings whose words have run together, as they do where letters are set apart.
SECTION_OF_JOINED_HEADING = {
    heading.replace(" ", ""): section for heading, section in SECTION_OF_HEADING.items() if " " in heading
}
MAX_HEADING_LENGTH = 40
CAPITAL_HEADING = re.compile(r"[^\w\n]{0,5}(?:[^\W\d_]{2,}[ &/-]{1,3}){0,3}[^\W\d_]{3,}[ \t:]{0,5}")
MIN_SENTENCE_WORDS, MAX_FIRM_WORDS = 4, 6
#: A line of dates: "2019 - 2021", "May 2019 to present".
DATES = re.compile(
    r"\W{0,5}(?:[A-Z][a-z]{2,8}\.? )?(?:19|20)\d\d(?:\s{0,3}(?:-|\u2013|\u2014|to)\s{0,3}"
    r"(?:(?:[A-Z][a-z]{2,8}\.? )?(?:19|20)\d\d|present|now|today|current))?\W{0,5}",
    re.IGNORECASE,
)
#: Some words before a colon and a list: they may name what the list is about, as a heading does.
LABEL = re.compile(r"[^\w\n]{0,5}(?:[^\s:,.;]{1,30}[ \t]{1,3}){0,3}[^\s:,.;]{1,30}[ \t]{0,3}:[^,\n]{1,80},")


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
    if len(word) <= MIN_INFLECTED_LENGTH or not word.isalpha():
        return word
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= MIN_INFLECTED_LENGTH - 1 and any(vowel in base for vowel in "aeiouy"):
            word = base[:-1] if len(base) > MIN_INFLECTED_LENGTH - 1 and base[-1] == base[-2] not in "ls" else base
            break
    return word.removesuffix("e") if len(word) > MIN_INFLECTED_LENGTH else word


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """Return the word without capitals and without the ending of a plural."""
    word = word.casefold().replace("\u2019", "'").removesuffix("'s")
    word = IRREGULAR_FORMS.get(word, word)
    if len(word) < MIN_INFLECTED_LENGTH or not word.isalpha() or word.endswith(("ss", "us", "is", "os")):
        return word
    if word.endswith("ies") and len(word) > MIN_INFLECTED_LENGTH:
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
    #: Where the words before a colon and a list end, if there are any: above a list of skills they are a heading, too.
    label_end: int
    #: How to reach somebody: nothing in it is a skill.
    is_contact: bool
    #: A place or a year: names in it are those of firms and schools.
    has_place_or_year: bool
    #: All in capitals: they mean nothing.
    is_capitals: bool


def lines_of(text: str) -> list[Line]:
    """Return the lines of a plain text."""
    section, lines = Section.EXPERIENCE, []
    start = 0
    texts = text.split("\n")
    for number, line in enumerate(texts):
        opened = heading(line)
        is_unknown = opened is None and _is_unknown_heading(number, texts, section)
        section = opened or (Section.EXPERIENCE if is_unknown else section)
        label = start + len(line.partition(":")[0])
        is_listed = section == Section.SKILLS
        lines.append(
            Line(
                section=section,
                heading_end=start + len(line) if is_unknown else label if opened else 0,
                label_end=label if LABEL.match(line) else 0,
                is_contact=bool(CONTACT_DETAILS.search(line)),
                has_place_or_year=not is_listed and bool(PLACE_OR_YEAR.search(line) or _is_beside_dates(number, texts)),
                is_capitals=not is_listed and line.isupper(),
            )
        )
        start += len(line) + 1
    return lines


def _is_unknown_heading(number: int, lines: list[str], section: Section) -> bool:
    """Tell whether a line is a heading by how it looks: all in capitals, by itself, above what is not."""
    line = lines[number]
    if not line.isupper() or not CAPITAL_HEADING.fullmatch(line):
        return False
    before, after = (
        lines[number - 1].strip() if number else "",
        next(filter(str.strip, lines[number + 1 : number + 4]), ""),
    )
    if not after or after.isupper() or before.isupper():
        return False
    # In a list of skills it may be one of them, such as CPR: a sentence or a year below it says that it is not.
    return section != Section.SKILLS or len(after.split()) >= MIN_SENTENCE_WORDS or bool(PLACE_OR_YEAR.search(after))


def _is_beside_dates(number: int, lines: list[str]) -> bool:
    """Tell whether a short line stands above or below one that holds nothing but dates: it names a place or a firm."""
    if len(lines[number].split()) > MAX_FIRM_WORDS:
        return False
    beside = (lines[one] for one in (number - 1, number + 1) if 0 <= one < len(lines))
    return any(DATES.fullmatch(line) for line in beside)


def heading(line: str) -> Section | None:
    """Return the section that the line opens, alone or before a colon."""
    opening = line.strip(" \t-\u2013\u2014•*#:|").partition(":")[0]
    if not opening or len(opening) > MAX_HEADING_LENGTH:
        return None
    whole = " ".join(re.sub(r"[^\w\s]", " ", opening.casefold()).split())
    first = re.split(r"\s*(?:&|/|,|\band\b)\s*", opening.casefold())[0].strip()
    return SECTION_OF_HEADING.get(whole) or SECTION_OF_HEADING.get(first) or SECTION_OF_JOINED_HEADING.get(whole)
