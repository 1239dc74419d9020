"""Values for every input of the schema: mostly such as a client sends, sometimes such as nobody should."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)
from hypothesis import strategies as st
from strawberry.relay import to_base64

Values = st.SearchStrategy[Any]
#: The ids of rows that are there, by their types.
Ids = Mapping[str, Sequence[str]]

#: Longer than Python turns into a number.
ENDLESS_DIGITS = "7" * 5_000


class Raw(str):
    """Text that goes into a request as it stands, not as a string of JSON."""

    __slots__ = ()


ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202eevil",
    "\u200b",
    "%",
    "_%\\",
    "'; DROP TABLE users; --",
    "(",
    "[a-",
    "\\",
    "*",
    "null",
    "🥕" * 40,
    "e\u0301" * 30,
    "word " * 400,
    "x" * 12_000,
    "\n\r\t",
    "<script>alert(1)</script>",
    "a@example.org",
    "a@b\r\nBcc: c@example.org",
    "x@xn--a",
    "https://example.org/" + "a" * 300,
    "javascript:alert(1)",
    "https://[",
    "94110",
    "94110-1234",
    "00000",
    "٩٤١١٠",
]
ODD_CURSORS = [
    "",
    "=",
    "Zm9v",
    "b3JkZXJlZGN1cnNvcjpbMV0=",
    "b3JkZXJlZGN1cnNvcjpbbnVsbCwgInhcdTAwMDAiXQ==",
    "W1tbW1tbWw==",
    "A" * 3_000,
]
ODD_IDS = [
    "",
    "1",
    "garbage",
    "=" * 8,
    "A" * 10_000,
    "\x00",
    "\ud83d",
    "VXNlcg==",
    "VXNlcjo=",
    *(
        to_base64(kind, key)
        for kind in ("User", "Role", "Conversation", "Nobody", "Query", "OpportunityHost")
        for key in ("0", "-1", "1.5", "abc", "99999999999999999999", "9" * 200, "1' OR 1=1", "\x00", "٣")
    ),
    0,
    -1,
    2**40,
    2**70,
    1.5,
    True,
    Raw(ENDLESS_DIGITS),
]
ODD_NUMBERS = [
    -1,
    0,
    101,
    2**31 - 1,
    -(2**31),
    2**31,
    2**63,
    1.5,
    1e2,
    100.0,
    "5",
    Raw(ENDLESS_DIGITS),
    Raw("1e999"),
    Raw("-0.0"),
]
ODD_TIMES = [
    "",
    "yesterday",
    "2026-13-01T00:00:00Z",
    "2026-12-01",
    "2026-12-01T10:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30T10:00:00Z",
    "2026-12-01T10:00:00+23:59",
    "2026-12-01T10:00:00+99:99",
    "2026-12-01T24:00:00Z",
    1_800_000_000,
    "1" * 5_000,
]
#: What no type but the right one takes.
WRONG: list[Any] = [None, True, 3, "text", [], {}, [[]], {"a": 1}, [None], Raw("[" * 40 + "]" * 40)]


def _ids_for(field: str, ids: Ids) -> Values:
    """Return ids for a field, mostly of the type that its name ends with: `roleId` takes those of roles."""
    word = re.sub(r"(Ids?|s)$", "", field).lower()
    everything = st.sampled_from([one for some in ids.values() for one in some])
    fitting = [one for kind, some in ids.items() if word and kind.lower().endswith(word) for one in some]
    return _mostly(st.sampled_from(fitting), everything) if fitting else everything


def _scalar(name: str, field: str, ids: Ids) -> tuple[Values, Values]:
    """Return the values a scalar takes, and such as it should refuse."""
    fixed: Mapping[str, tuple[Values, Sequence[Any]]] = {
        "ID": (_ids_for(field, ids), ODD_IDS),
        "String": (st.text(min_size=1, max_size=40), [*ODD_TEXTS, *ODD_CURSORS]),
        "Int": (st.integers(1, 100), ODD_NUMBERS),
        "Float": (st.floats(-180, 180), ODD_NUMBERS),
        "Boolean": (st.booleans(), [0, "true", None]),
        "DateTime": (
            st.datetimes().map(lambda moment: moment.isoformat() + "Z") | st.just("2026-12-05T18:00:00-08:00"),
            ODD_TIMES,
        ),
        "Date": (st.dates().map(lambda day: day.isoformat()), ODD_TIMES),
        "UUID": (st.uuids().map(str), ["", "x", "0" * 32, "{" + "0" * 36 + "}"]),
        "Upload": (st.none(), ["file.txt", 1, {}]),
    }
    usual, odd = fixed[name]
    return usual, st.sampled_from(odd)


def values_for(kind: Any, field: str, ids: Ids, deep: int = 4) -> Values:
    """Return what may be sent for an input of this type and name; one in twelve is odd."""
    usual = _usual(kind, field, ids, deep)
    odd = [st.sampled_from(WRONG)]
    named = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(named, GraphQLScalarType):
        odd.append(_scalar(named.name, field, ids)[1])
    return _mostly(usual, st.one_of(odd))


def _mostly(usual: Values, odd: Values) -> Values:
    return st.integers(0, 11).flatmap(lambda die: odd if die == 0 else usual)


def _usual(kind: Any, field: str, ids: Ids, deep: int) -> Values:
    if isinstance(kind, GraphQLNonNull):
        return _usual(kind.of_type, field, ids, deep)
    if isinstance(kind, GraphQLList):
        return st.lists(st.deferred(lambda: values_for(kind.of_type, field, ids, deep - 1)), max_size=3 if deep else 0)
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from([*kind.values, "NOT_THERE"])
    if isinstance(kind, GraphQLInputObjectType):
        return _input(kind, ids, deep)
    return _scalar(kind.name, field, ids)[0]


def _input(kind: GraphQLInputObjectType, ids: Ids, deep: int) -> Values:
    def one(name: str) -> Values:
        return st.deferred(lambda: values_for(kind.fields[name].type, name, ids, deep - 1))

    needed = {name for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
    left = kind.fields.keys() - needed if deep else set()
    whole = st.fixed_dictionaries({n: one(n) for n in sorted(needed)}, optional={n: one(n) for n in sorted(left)})
    return _mostly(whole, whole.map(lambda some: {**some, "isStaff": True}))
