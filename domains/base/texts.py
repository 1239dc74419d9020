"""Texts that people read: validation against invisible and misleading characters, and search for words.

A search word must begin a word of the text; case does not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value

from domains.base.errors import Code, Problem

#: Controls, formats (zero width, direction), separators of lines and paragraphs, spaces.
INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
#: Letters that show nothing: the Hangul fillers and the empty Braille cell.
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: Join emoji, and letters of some scripts; names need them.
JOINERS = frozenset("\u200c\u200d")
#: Override the direction of the text after them.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
LAYOUT_CONTROLS = frozenset("\n\r\t")
NOTHING_VISIBLE = "Write something that can be seen."
HIDDEN_CHARACTERS = "Leave out the characters that cannot be seen, or that turn others round."


def is_visible(text: str) -> bool:
    """Return whether the text has a visible character."""
    return any(unicodedata.category(one) not in INVISIBLE_CATEGORIES and one not in BLANK_LETTERS for one in text)


def line_problems(line: str, field: str) -> list[Problem]:
    """Return what is wrong with a name, a title or a note: nothing visible, or invisible or reversing characters."""
    if line and not is_visible(line):
        return [Problem(Code.INVALID, NOTHING_VISIBLE, field)]
    if any(unicodedata.category(one) in {"Cc", "Cf"} and one not in JOINERS for one in line):
        return [Problem(Code.INVALID, HIDDEN_CHARACTERS, field)]
    return []


def text_problems(text: str, field: str) -> list[Problem]:
    """Return what is wrong with a text of several lines, which may contain some format characters."""
    if text and not is_visible(text):
        return [Problem(Code.INVALID, NOTHING_VISIBLE, field)]
    if any(
        one in DIRECTION_OVERRIDES or (unicodedata.category(one) == "Cc" and one not in LAYOUT_CONTROLS) for one in text
    ):
        return [Problem(Code.INVALID, HIDDEN_CHARACTERS, field)]
    return []


MAX_FILE_NAME_LENGTH = 100


def clean_file_name(name: str, *, fallback: str = "file") -> str:
    """Return a client's file name as it may be shown: no folders, no invisible or text-reversing characters.

    It is for people only and never a path: files are stored under keys of their own.
    """
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in plain if unicodedata.category(one) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > MAX_FILE_NAME_LENGTH:
        stem, dot, ending = kept.rpartition(".")
        ending = f"{dot}{ending}"[:12] if stem else ""
        kept = kept[: MAX_FILE_NAME_LENGTH - len(ending)] + ending
    return kept if is_visible(kept) else fallback


Rows = TypeVar("Rows", bound=QuerySet[Any])

#: Replaced by spaces, so that PostgreSQL reads addresses, signed numbers and tags as words; the index does the same.
SEPARATORS = "-_./:@<>&+~"
SEARCH_VECTOR = f"to_tsvector('simple', translate(%(expressions)s, '{SEPARATORS}', '{' ' * len(SEPARATORS)}'))"


def split_words(query: str) -> list[str]:
    """Return the words in a query, each once: letters, digits and the marks on them; the rest is ignored."""
    # The dotted capital I becomes two characters in lower case, which no database matches with one.
    text = unicodedata.normalize("NFC", query).replace("\u0130", "i")
    kept = "".join(one if unicodedata.category(one)[0] in "LNM" else " " for one in text)
    return list(dict.fromkeys(kept.lower().split()))


def filter_by_word_prefixes(rows: Rows, column: str, words: Collection[str]) -> Rows:
    """Return the rows in whose text every one of `words` begins a word."""
    if connection.vendor == "postgresql":
        return rows.filter(_matches(column, words))
    for word in words:
        rows = rows.filter(**{f"{column}__iregex": rf"(?<![^\W_]){re.escape(word)}"})
    return rows


def _matches(column: str, words: Collection[str]) -> Func:
    text = Func(F(column), template=SEARCH_VECTOR, output_field=TextField())
    wanted = " & ".join(f"'{word}':*" for word in words)
    query = Func(Value("simple"), Value(wanted), function="to_tsquery", output_field=TextField())
    return Func(text, query, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
