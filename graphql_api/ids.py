"""Opaque ids, read back: the row that an id names, and never another type's."""

from __future__ import annotations

from strawberry.relay import from_base64

from graphql_api.errors import BadUserInput

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


def key_for(global_id: str, type_name: str, argument: str = "id") -> int:
    """Return the row's key, for a query; what is no id of this type is BAD_USER_INPUT, naming the argument."""
    found = read_id(global_id)
    if found is None or found[0] != type_name:
        raise BadUserInput(f"`{argument}` must be the id of a row of type {type_name}; take it from an answer.")
    return found[1]


def known_or_nobody(global_id: str, type_name: str) -> int:
    """Return the row's key, for a service; for what is no id of this type, the key that no row has.

    So the service, which knows the input's fields, says NOT_FOUND along with all else that is wrong.
    """
    found = read_id(global_id)
    return found[1] if found and found[0] == type_name else NOBODY
