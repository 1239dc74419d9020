"""Cursors of lists of users: the last value of a cursor is the row's key, which is keyed like the ids."""

from __future__ import annotations

import json
from typing import Any

from strawberry.relay import from_base64, to_base64

from graphql_api.relay.ids import node_id, read_node_id


def seal_cursor(cursor: str, type_name: str) -> str:
    """Return the cursor of a row with the keyed id in the place of the row's key."""
    prefix, (*values, key) = _read(cursor)
    return _written(prefix, [*values, node_id(type_name, int(key))])


def unseal_cursor(cursor: str, type_name: str) -> str:
    """Return the cursor that `seal_cursor` was given; raises ValueError if the text is not a sealed cursor."""
    prefix, values = _read(cursor)
    if not isinstance(values, list) or not values or not isinstance(values[-1], str):
        raise ValueError("a cursor is a list of texts")
    key = read_node_id(type_name, values[-1])
    if key is None:
        raise ValueError("the last text of the cursor is no id")
    return _written(prefix, [*values[:-1], str(key)])


def _read(cursor: str) -> tuple[str, Any]:
    prefix, values = from_base64(cursor)
    return prefix, json.loads(values)


def _written(prefix: str, values: list[Any]) -> str:
    return to_base64(prefix, json.dumps(values, separators=(",", ":")))
