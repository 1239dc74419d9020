"""Validation of a row against its model's limits, with all problems at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import models

from domains.base import errors
from domains.base.errors import Code, Problem, Refused
from domains.base.texts import line_problems, text_problems


def problems_of(
    row: models.Model, *, exclude: Collection[str] = (), prefix: str = "", names: Mapping[str, str] | None = None
) -> list[Problem]:
    """Return the problems of the row's fields; `prefix` and `names` say what the input calls them."""
    problems = [
        Problem(Code.TOO_LONG, f"Write at most {field.max_length:,} characters.", f"{prefix}{field.name}")
        for field in row._meta.fields
        # Django checks the length of a TextField in forms only.
        if isinstance(field, models.TextField)
        and field.max_length is not None
        and len(getattr(row, field.attname)) > field.max_length
    ]
    try:
        row.clean_fields(exclude=set(exclude))
    except ValidationError as wrong:
        problems += errors.problems_of(wrong, prefix=prefix, names=names)
    return problems


def problems_of_texts(
    row: models.Model, *, lines: Collection[str], prefix: str = "", before: models.Model | None = None
) -> list[Problem]:
    """Return the problems of the row's texts that cannot be read; fields named in `lines` must be single lines.

    Values that are the same in `before` are not checked: a host need not fix an old title to move a date.
    """
    problems = []
    for field in row._meta.fields:
        name = field.name
        is_new = before is None or getattr(before, name) != getattr(row, name)
        if is_new and name in lines:
            problems += line_problems(getattr(row, name), f"{prefix}{name}")
        elif is_new and isinstance(field, models.TextField):
            problems += text_problems(getattr(row, name), f"{prefix}{name}")
    return problems


def clean_note(text: str, *, max_length: int, field: str) -> str:
    """Return the text in one line; refuses with TOO_LONG and INVALID, naming the input's field."""
    note = one_line(text)
    if len(note) > max_length:
        raise Refused.because(Code.TOO_LONG, f"Write at most {max_length} characters.", field)
    if problems := line_problems(note, field):
        raise Refused(*problems)
    return note


def one_line(text: str) -> str:
    """Return the text in one line, without spaces around it or doubled ones."""
    return " ".join(text.split())
