"""Canaries: each text that the database keeps is one of its own, so that an answer tells which column it came from."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import ahocorasick
from django.apps import apps
from django.db.models import CharField, Field, FileField, JSONField, Model, TextField

from tests.house.permissions.viewers import BIRTH_YEAR, HOME
from tests.house.permissions.world import Planted, World

#: Apps whose rows say nothing of people.
OTHER_APPS = {"admin", "auth", "contenttypes", "sessions"}
#: Columns that hold a word of the program, and no text.
WORDS = {
    "category", "code_challenge", "content_type", "direct_key", "emoji", "fact", "failure_code", "folded_name", "key",
    "kind", "location_zip", "name_of_fact", "occasion", "provider", "scheme", "subject_type", "template", "type",
    "zip_code",
}  # fmt: skip
#: Shorter values are found everywhere.
MIN_LENGTH = 8
#: Rows that the database lets nobody change keep what they were made with.
FROZEN = {"HoursEntry"}
#: What a column holds, around its canary, where not every text will do.
SHAPES: dict[str, Any] = {
    "UserProfile.languages": lambda text: [text],
    "UserProfile.linkedin_url": lambda text: f"https://www.linkedin.com/in/{text}",
    "UserProfile.website_url": lambda text: f"https://{text}.example/",
    "OpportunityHost.website": lambda text: f"https://{text}.example/",
    "ContentReport.context": lambda text: {"title": text, "parts": [["Text", text]], "messages": []},
    "ApplicationHistory.overrides": lambda text: [text],
    "OpportunityChange.before": lambda text: {"location_text": text},
    "OpportunityChange.after": lambda text: {"location_text": text},
    "SocialAccount.extra_data": lambda text: {"name": text},
}


@dataclass(frozen=True)
class Source:
    """A column of a row that holds a canary."""

    column: str
    planted: Planted | None
    row: str


class Canaries:
    """All canaries of a world, and where each was planted."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sources: defaultdict[str, list[Source]] = defaultdict(list)
        self._numbers = count(1)
        for row in rows():
            for column in _columns(row):
                self._plant(row, column)
        self._find_texts = ahocorasick.Automaton()
        for text in self.sources:
            self._find_texts.add_word(text, text)
        self._find_texts.make_automaton()

    def found_in(self, text: str) -> set[str]:
        """Return the canaries that an answer shows: numbers only as numbers of their own."""
        found = {word for _, word in self._find_texts.iter(text)}
        numbers = {one for one in found if one.isdigit()}
        return found - numbers | {one for one in numbers if re.search(rf"(?<![\w.-]){one}(?![\w.-])", text)}

    def _plant(self, row: Model, column: Field[Any, Any]) -> None:
        name = f"{type(row).__name__}.{column.name}"
        text = self._change(row, column, name)
        if text:
            self.sources[text].append(Source(name, self.world.planted_for(row), f"{name} of {row.pk}"))

    def _change(self, row: Model, column: Field[Any, Any], name: str) -> str | None:
        """Return the canary in the column, which is put there if what stands there is found elsewhere too."""
        value = getattr(row, column.name)
        number = next(self._numbers)
        text = f"canary{number:04}" if column.name != "languages" else f"qaa-{number:03}"
        if name in SHAPES:
            type(row)._default_manager.filter(pk=row.pk).update(**{column.name: SHAPES[name](text)})
            return text
        if isinstance(column, JSONField):
            return _longest(json.dumps(value))
        if column.name in {"zip_code", "birth_year"}:
            return str(value) if str(value) in {HOME, str(BIRTH_YEAR)} else None
        if isinstance(column, FileField) or is_natural(row, column):
            return str(value) if len(str(value)) >= MIN_LENGTH else None
        written = f"https://{text}.example/" if "url" in column.name else text
        type(row)._default_manager.filter(pk=row.pk).update(**{column.name: written})
        return text


def is_natural(row: Model, column: Field[Any, Any]) -> bool:
    """Tell whether the value is found nowhere else as it is, and must stay: keys, addresses, hashes, secrets."""
    is_key = column.unique or column.primary_key or column.name in {"email", "new_email", "old_email", "password"}
    return bool(is_key or column.name in {"auth", "digest", "p256dh", "secret"} or type(row).__name__ in FROZEN)


def rows() -> Iterator[Model]:
    """Yield every row of the database that may say something of people."""
    for model in apps.get_models():
        if model._meta.app_label not in OTHER_APPS or model.__name__ == "EmailAddress":
            yield from model._default_manager.order_by("pk")


def _columns(row: Model) -> Iterator[Field[Any, Any]]:
    """Yield the columns of a row that hold texts, and the numbers that are private."""
    for column in row._meta.concrete_fields:
        is_text = isinstance(column, CharField | TextField | JSONField | FileField) and not column.choices
        if (is_text and column.name not in WORDS) or column.name in {"zip_code", "birth_year"}:
            yield column


def _longest(text: str) -> str | None:
    """Return the longest word in a text, if it is long enough to be found nowhere else."""
    longest = max(re.findall(r"[^\s\"{}\[\],:]+", text), key=len, default="")
    return longest if len(longest) > 2 * MIN_LENGTH else None
