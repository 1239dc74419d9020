"""Naming a type that stands above: a user has applications, and an application has its user."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry


def later(name: str, module: str, *, of: Any = None) -> Any:
    """Return a reference to the type of this name, or a list or connection `of` it.

    The type is imported only once the schema is built. Use it where an import would run in a circle.
    """
    reference = Annotated[name, strawberry.lazy(module)]  # type: ignore[valid-type] # a name when it runs
    return reference if of is None else of[reference]
