"""Opaque ids: each names a type and a row of that type.

The ids of users are keyed (`domains/base/keyed_ids.py`), so users cannot be enumerated by counting up ids.
"""

from __future__ import annotations

from strawberry.relay import from_base64, to_base64

from domains.base import keyed_ids

#: A key that no row has.
NOBODY = 0
MAX_KEY = 18
#: The types whose ids are keyed.
KEYED = frozenset({"User"})


def node_id(type_name: str, key: int) -> str:
    """Return the part of a row's id that names the row within its type."""
    return keyed_ids.seal(type_name, key) if type_name in KEYED else str(key)


def global_id(type_name: str, key: int) -> str:
    """Return the id of a row, for code outside of GraphQL types."""
    return to_base64(type_name, node_id(type_name, key))


def read_id(global_id: str) -> tuple[str, int] | None:
    """Return the type's name and the row's key, or None if the text is not an id of this API."""
    try:
        type_name, key = from_base64(global_id)
    except ValueError:
        return None
    row = read_node_id(type_name, key)
    return None if row is None else (type_name, row)


def read_node_id(type_name: str, node_id: str) -> int | None:
    """Return the key of the row that `node_id` names, or None if the text is not the id of a row."""
    if type_name in KEYED:
        return keyed_ids.unseal(type_name, node_id)
    return int(node_id) if node_id.isascii() and node_id.isdigit() and len(node_id) <= MAX_KEY else None


def known_or_nobody(global_id: str, type_name: str) -> int:
    """Return the row's key; if the text is not an id of this type, return the key that no row has.

    Ids are opaque, so an invalid id gives the same answer as the id of a deleted row: a query finds nothing, and the
    service of a mutation, which knows the fields of the input, reports NOT_FOUND together with all other problems.
    """
    found = read_id(global_id)
    return found[1] if found and found[0] == type_name else NOBODY
