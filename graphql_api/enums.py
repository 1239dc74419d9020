"""Enums of the domains as the API shows them: the enum and each of its values with a description."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def describe(enum: E, *, description: str, values: Mapping[str, str], name: str | None = None) -> E:
    """Show an enum in the schema; `values` says what each of its values means (a test wants all of them)."""
    strawberry.enum(enum, name=name, description=description)
    shown: Any = enum
    for value in shown.__strawberry_definition__.values:
        value.description = values.get(value.name)
    return enum
