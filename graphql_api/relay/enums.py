"""Enums of the schema: each value has a description."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry

E = TypeVar("E", bound=Enum)


def describe(enum: type[E], *, description: str, values: Mapping[str, str], name: str | None = None) -> None:
    """Add an enum of a domain to the schema; `values` describes each value (a test requires all of them)."""
    strawberry.enum(enum, name=name, description=description)
    shown: Any = enum
    for value in shown.__strawberry_definition__.values:
        value.description = values.get(value.name)
