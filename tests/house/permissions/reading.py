"""Who may read a canary: what the file says of the fields that show its column."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.house.permissions.canaries import Canaries, Source
from tests.house.permissions.documents import TYPES, model_of
from tests.house.permissions.rows import Rows
from tests.house.permissions.viewers import VIEWERS
from tests.house.permissions.world import World

#: In `[columns]`: who has no row and no field may read it.
NOBODY = "nobody"


@cache
def fields_showing(column: str) -> tuple[tuple[str, str], ...]:
    """Return the fields, by their types, that are made from a column such as `User.email`, as their names tell."""
    model_name, _, name = column.partition(".")
    found = []
    for type_name, kind in TYPES.items():
        if hasattr(kind, "fields") and (model := model_of(type_name)) and model.__name__ == model_name:
            for field, one in kind.fields.items():
                declared = one.extensions.get("strawberry-definition")
                names = {getattr(declared, "python_name", None), getattr(declared, "django_name", None)}
                found += [(type_name, field)] * (name in names)
    return tuple(found)


def ways(rows: Rows, column: str) -> Iterator[tuple[str, str]]:
    """Yield the fields that show a column: those that `[columns]` names, else those of its name."""
    told = rows.columns.get(column)
    if told is None:
        yield from fields_showing(column)
    elif told != NOBODY:
        for one in told.split():
            section, _, field = one.partition(".")
            yield section, field


def may_read(rows: Rows, world: World, source: Source, viewer: str) -> bool:
    """Tell whether the file lets the viewer read what stands in a column of a row."""
    if source.planted is None:
        return False
    standing, label = world.standing(viewer, source.planted), source.planted.label
    return any(rows.may_read(section, field, label, standing) for section, field in ways(rows, source.column))


def readers(rows: Rows, canaries: Canaries, canary: str) -> set[str]:
    """Return the viewers with a column who may read a canary."""
    sources = canaries.sources[canary]
    return {viewer for viewer in VIEWERS if any(may_read(rows, canaries.world, one, viewer) for one in sources)}
