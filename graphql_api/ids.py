"""Opaque ids, read back: the row that an id names, and never another type's."""

from __future__ import annotations

from strawberry.relay import from_base64

#: The key that no row has.
NOBODY = 0
LONGEST_KEY = 18


def read_id(global_id: str) -> tuple[str, int] | None:
    """Return the type's name and the row's key, or None for what is no id of this API."""
    try:
        type_name, key = from_base64(global_id)
    except ValueError:
        return None
    if not (key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY):
        return None
    return type_name, int(key)


def known_or_nobody(global_id: str, type_name: str) -> int:
    """Return the row's key; for what is no id of this type, the key that no row has.

    Ids are opaque, so a false one is answered at every door like one whose row is gone: a query finds nothing,
    and the service of a mutation, which knows the input's fields, says NOT_FOUND along with all else that is wrong.
    """
    found = read_id(global_id)
    return found[1] if found and found[0] == type_name else NOBODY
