"""What is wrong with the values of a row, all at once, in the words of the models' own limits."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models

from domains.base.errors import Code, Problem

_CODES = {
    "blank": Code.REQUIRED,
    "null": Code.REQUIRED,
    "min_length": Code.TOO_SHORT,
    "max_length": Code.TOO_LONG,
}


def problems_of(row: models.Model, *, exclude: Collection[str] = (), prefix: str = "") -> list[Problem]:
    """Return the problems of the row's fields; `prefix` says where the row stands in the input."""
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
        problems += [
            Problem(_CODES.get(str(error.code), Code.INVALID), " ".join(error.messages), f"{prefix}{field}")
            for field, errors in wrong.error_dict.items()
            for error in errors
        ]
    return problems


def one_line(text: str) -> str:
    """Return the text without line breaks and spaces around or doubled."""
    return " ".join(text.split())
