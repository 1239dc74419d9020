"""Taxonomies in files: ESCO's and O*NET's CSV, told apart by their headers, and the starter set of this project."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from domains.skills.extraction.ordinary import COMMON, PRODUCTS
from domains.skills.models import Skill

STARTER_FILE = Path(__file__).resolve().parents[1] / "data" / "starter.toml"
STARTER_SCHEME = "mishmob"
#: The category of skills without one, until a later file gives it.
NO_CATEGORY = "Other"
MAX_NAME_LENGTH, MAX_CATEGORY_LENGTH = 120, 80
#: How many other names a skill has at most.
MAX_ALIASES = 200
#: ESCO's longest cell is some kilobytes; this bounds the memory that a file can take.
MAX_CELL_BYTES = 256 * 1024
#: The parts of O*NET's content model that are abilities or knowledge; its work styles are traits.
ONET_SKILLS = {"Abilities", "Basic Skills", "Cross-Functional Skills", "Knowledge", "Generalized Work Activities"}
PRODUCT_MAKERS = ("Microsoft", "Adobe", "Apache", "Amazon", "Google", "Oracle", "IBM", "Apple", "Atlassian")
NOTE = re.compile(r"\s*\(([^()]*)\)$")


class UnknownFile(Exception):
    """The file is not a taxonomy that can be imported; the message says why in one sentence."""


@dataclass(frozen=True)
class SkillRow:
    """One skill as a taxonomy describes it."""

    scheme: str
    identifier: str
    name: str
    category: str
    aliases: tuple[str, ...]
    #: Why the row is not a skill; empty if it is one.
    skipped: str = ""


def read_starter_set() -> list[SkillRow]:
    """Return the skills that the project ships."""
    content = tomllib.loads(STARTER_FILE.read_text(encoding="utf-8"))
    return [
        SkillRow(STARTER_SCHEME, name.casefold(), name, category, tuple(aliases))
        for category, skills in content.items()
        for name, aliases in skills.items()
    ]


def read_skill_file(path: Path) -> list[SkillRow]:
    """Return the skills of an ESCO or O*NET CSV file; raises UnknownFile for any other file."""
    csv.field_size_limit(MAX_CELL_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_read_rows(csv.DictReader(file)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnknownFile(f"{path.name} cannot be read as CSV in UTF-8: {error}.") from None
    except OSError as error:
        raise UnknownFile(f"{path} cannot be opened: {error.strerror}.") from None


def _read_rows(lines: csv.DictReader[str]) -> Iterator[SkillRow]:
    columns = set(lines.fieldnames or ())
    reader = next((reader for needed, reader in READERS.items() if set(needed) <= columns), None)
    if reader is None:
        header = ", ".join(lines.fieldnames or ())[:200]
        raise UnknownFile(f"The header of the file ({header or 'none'}) is not that of an ESCO or O*NET file.")
    for line in lines:
        yield _check_row(reader({name: " ".join((line.get(name) or "").split()) for name in columns}))


def _check_row(row: SkillRow) -> SkillRow:
    problem = row.skipped
    if not row.name or not row.identifier:
        problem = "no name or id"
    elif len(row.name) > MAX_NAME_LENGTH:
        problem = "name too long"
    category = (row.category or NO_CATEGORY)[:MAX_CATEGORY_LENGTH]
    return SkillRow(row.scheme, row.identifier[:200], row.name, category, row.aliases, problem)


def _parse_esco(line: Mapping[str, str]) -> SkillRow:
    name = line["preferred_label"]
    aliases = [alias.strip() for alias in line["alt_labels"].split("|")]
    if bare := NOTE.sub("", name):
        aliases.append(bare)
    category = line.get("category_1", "")
    return SkillRow("esco", line["uri_suffix"], name, category[:1].upper() + category[1:], tuple(filter(None, aliases)))


def _parse_onet_technology(line: Mapping[str, str]) -> SkillRow:
    name, category = line["name"], line["commodity_titles"].partition("|")[0]
    return SkillRow("onet-technology", name.casefold(), name, category, tuple(short_forms(name)))


def _parse_onet_content(line: Mapping[str, str]) -> SkillRow:
    category = line["category"]
    skipped = "" if category in ONET_SKILLS else f"{category.lower()}, not skills"
    return SkillRow("onet", line["element_id"], line["name"], category, (), skipped)


READERS: dict[tuple[str, ...], Callable[[Mapping[str, str]], SkillRow]] = {
    ("uri_suffix", "preferred_label", "alt_labels"): _parse_esco,
    ("name", "commodity_titles", "unspsc_codes"): _parse_onet_technology,
    ("element_id", "name", "category", "description"): _parse_onet_content,
}


def short_forms(name: str) -> Iterator[str]:
    """Yield the short names of a product that O*NET names in full: Amazon Web Services AWS software is AWS."""
    if note := NOTE.search(name):
        name = NOTE.sub("", name)
        yield name
        yield note.group(1)
    for ending, min_words in ((" software", 2), (" programming language", 1)):
        if name.endswith(ending) and len(name.removesuffix(ending).split()) >= min_words:
            name = name.removesuffix(ending)
            yield name
    *words, last = name.split()
    if words and (_abbreviates(last, words) or (words[0] in PRODUCT_MAKERS and _abbreviates(last, words[1:]))):
        name = " ".join(words)
        yield name
        yield last
    maker, _, product = name.partition(" ")
    if maker in PRODUCT_MAKERS and product and product.casefold() not in PRODUCTS | COMMON and not product[0].isdigit():
        yield product


def _abbreviates(short: str, words: list[str]) -> bool:
    """Return whether the letters occur in the words, in order, starting with the first letter."""
    if not (words and short.isupper() and short.isalpha() and len(short) > 1):
        return False
    letters = iter("".join(words).upper())
    return words[0][0].upper() == short[0] and all(letter in letters for letter in short)


def is_taxonomy_empty() -> bool:
    """Tell whether the taxonomy is empty."""
    return not Skill.objects.exists()
