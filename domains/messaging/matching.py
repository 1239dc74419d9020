"""Finding words in what was said: each word asked for must begin a word of the text, whatever its case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value

Rows = TypeVar("Rows", bound=QuerySet[Any])

#: What PostgreSQL would read as an address, a number with its sign, a tag, is read as words; its index says the same.
SEPARATORS = "-_./:@<>&+~"
VECTOR = f"to_tsvector('simple', translate(%(expressions)s, '{SEPARATORS}', '{' ' * len(SEPARATORS)}'))"


def words_of(query: str) -> list[str]:
    """Return the words in a query, each once: letters, digits and the marks on them; nothing else is looked for."""
    # The dotted capital I becomes two characters in lower case, which no database takes for one.
    text = unicodedata.normalize("NFC", query).replace("\u0130", "i")
    kept = "".join(one if unicodedata.category(one)[0] in "LNM" else " " for one in text)
    return list(dict.fromkeys(kept.lower().split()))


def begins_words(rows: Rows, column: str, words: Collection[str]) -> Rows:
    """Return the rows in whose text each of the words begins a word."""
    if connection.vendor == "postgresql":
        return rows.filter(_matches(column, words))
    for word in words:
        rows = rows.filter(**{f"{column}__iregex": rf"(?<![^\W_]){re.escape(word)}"})
    return rows


def _matches(column: str, words: Collection[str]) -> Func:
    text = Func(F(column), template=VECTOR, output_field=TextField())
    wanted = " & ".join(f"'{word}':*" for word in words)
    query = Func(Value("simple"), Value(wanted), function="to_tsquery", output_field=TextField())
    return Func(text, query, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
