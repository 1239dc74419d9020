"""Enums as the API shows them: each value with what it means, and none that would break an answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry

E = TypeVar("E", bound=Enum)


def describe(enum: type[E], *, description: str, values: Mapping[str, str], name: str | None = None) -> None:
    """Show an enum of a domain in the schema; `values` says what each value means (a test wants all of them)."""
    strawberry.enum(enum, name=name, description=description)
    shown: Any = enum
    for value in shown.__strawberry_definition__.values:
        value.description = values.get(value.name)
