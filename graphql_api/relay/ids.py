"""Opaque ids, made and read back: the row that an id names, and never another type's.

The ids of people are keyed (`domains/base/keyed_ids.py`): counting through the ids finds nobody.
"""

from __future__ import annotations

from strawberry.relay import from_base64, to_base64

from domains.base import keyed_ids

#: The key that no row has.
NOBODY = 0
MAX_KEY = 18
#: The types whose ids are keyed.
KEYED = frozenset({"User"})


def node_id(type_name: str, key: int) -> str:
    """Return the part of a row's id that names the row among those of its type."""
    return keyed_ids.seal(type_name, key) if type_name in KEYED else str(key)


def global_id(type_name: str, key: int) -> str:
    """Return the id of a row, where no field of a type does it."""
    return to_base64(type_name, node_id(type_name, key))


def read_id(global_id: str) -> tuple[str, int] | None:
    """Return the type's name and the row's key, or None for what is no id of this API."""
    try:
        type_name, key = from_base64(global_id)
    except ValueError:
        return None
    row = read_node_id(type_name, key)
    return None if row is None else (type_name, row)


def read_node_id(type_name: str, node_id: str) -> int | None:
    """Return the key of the row that `node_id` names, or None for what it does not give."""
    if type_name in KEYED:
        return keyed_ids.unseal(type_name, node_id)
    return int(node_id) if node_id.isascii() and node_id.isdigit() and len(node_id) <= MAX_KEY else None


def known_or_nobody(global_id: str, type_name: str) -> int:
    """Return the row's key; for what is no id of this type, the key that no row has.

    Ids are opaque, so a false one is answered at every door like one whose row is gone: a query finds nothing,
    and the service of a mutation, which knows the input's fields, says NOT_FOUND along with all else that is wrong.
    """
    found = read_id(global_id)
    return found[1] if found and found[0] == type_name else NOBODY
