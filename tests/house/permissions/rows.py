"""Reading `permissions.toml`, and telling what an answer means in its words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.house.permissions.viewers import ALSO_ASKED, VIEWERS

FILE = Path(__file__).parents[1] / "permissions.toml"
#: Sections of the file, beside those of the roots.
LEGEND, COLUMNS, MINOR, FIELDS = "legend", "columns", "minor", "types"
ROOTS = ("Query", "Mutation", "Subscription")
#: The row of a type that says who finds an object of it.
OBJECT = "node"
#: A mutation that succeeds, and writes nothing.
IDLE = "idle"
#: Answers by which nobody learns anything.
NOTHING = {"null", "empty", "-"}

#: What the items of a list have that stand for rows.
ITEM = {"id", "node"}

Cells = dict[str, str]


class Rows:
    """The rows of the file, by the name of the type or root and the name of the field."""

    def __init__(self, text: str) -> None:
        written = tomllib.loads(text)
        self.codes: dict[str, str] = written[LEGEND]
        self.columns: dict[str, str] = written[COLUMNS]
        self.of_minor: dict[str, str] = written[MINOR]
        #: By type, the rows by the names of fields.
        self.sections: dict[str, dict[str, str]] = {root: written[root] for root in ROOTS} | written[FIELDS]

    def get(self, section: str, field: str, label: str = "") -> Cells | None:
        """Return what each viewer gets: by the row of this label, else by the usual row; None without a row."""
        rows = self.sections.get(section, {})
        text = rows.get(named(field, label), rows.get(field))
        return None if text is None else self._cells(f"{section}.{field}", text, label)

    def _cells(self, name: str, text: str, label: str) -> Cells:
        words = text.split()
        if words[0] == "as":
            section, _, field = text.removeprefix("as ").partition(".")
            found = self.get(section, field, label)
            assert found, f"permissions.toml: {name} is {text}, which has no row"
            return found
        assert len(words) == len(VIEWERS), f"permissions.toml: {name} has {len(words)} cells, not {len(VIEWERS)}"
        return dict(zip(VIEWERS, words, strict=True))

    def has(self, section: str, field: str, label: str) -> bool:
        """Tell whether a field has a row for exactly this label."""
        return named(field, label) in self.sections.get(section, {})

    def expected(self, section: str, name: str, viewer: str) -> str | None:
        """Return what a viewer gets of a root field, by the name of its row; None without a row."""
        if viewer == MINOR and (exception := self.of_minor.get(f"{section}.{name}")):
            return exception
        cells = self.get(section, name)
        return cells[ALSO_ASKED.get(viewer, viewer)] if cells else None

    def may_read(self, section: str, field: str, label: str, viewer: str) -> bool:
        """Tell whether a viewer reads a field of a row: by the field's row for this label, where there is one.

        Else the viewer must find the object, and read the field of the usual object.
        """
        if label and self.has(section, field, label):
            return self._shows(section, field, label, viewer)
        return all(self._shows(section, one, label, viewer) for one in (OBJECT, field))

    def _shows(self, section: str, field: str, label: str, viewer: str) -> bool:
        cells = self.get(section, field, label)
        return cells is None or cells[viewer] not in NOTHING

    def word_for(self, code: str) -> str:
        """Return the word that the file has for a code of a refusal; the code itself if it has none."""
        return next((word for word, meaning in self.codes.items() if meaning == code), code)


def load() -> Rows:
    """Return the rows of the file as it is now."""
    return Rows(FILE.read_text())


def named(field: str, label: str) -> str:
    """Return the name of a field's row for rows with this label."""
    return f"{field} of {label}" if label else field


def field_of(name: str) -> str:
    """Return the field whose row has this name."""
    return name.partition(" of ")[0]


def line(section: str, name: str, cells: Mapping[str, str]) -> str:
    """Return a row as it is written in the file."""
    key = f'"{name}"' if " " in name else name
    key = key if section in ROOTS else f"{section}.{key}"
    words = (cells[viewer].ljust(max(len(viewer), 6)) for viewer in VIEWERS)
    return f'{key:<42}= "{" ".join(words).rstrip()}"'


def word(value: Any, among: Sequence[Any] = ()) -> str:
    """Return what a field's value is in the words of the file; `among` has the values of all viewers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict) and "edges" in value:
        return _word_of_page(value, among)
    if isinstance(value, list):
        return _word_of_list(value, among)
    return "yes" if value else "empty"


def _word_of_page(page: Mapping[str, Any], among: Sequence[Any]) -> str:
    if page["totalCount"] != len(page["edges"]):
        return "counted"
    return _word_of_list(page["edges"], [one["edges"] for one in among if isinstance(one, dict) and "edges" in one])


def _word_of_list(items: list[Any], among: Sequence[Any]) -> str:
    if not items:
        return "empty"
    if not isinstance(items[0], dict) or not ITEM & items[0].keys():
        return "yes"
    held = {repr(one) for one in items}
    others = ({repr(one) for one in some} for some in among if isinstance(some, list))
    return "part" if any(held < other for other in others) else "yes"
