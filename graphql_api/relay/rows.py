"""The row behind what is shown."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)


def row_of(shown: object, model: type[M]) -> M:
    """Return `self` of a resolver as what it is at run time: a row of the model that its type shows."""
    if not isinstance(shown, model):
        raise TypeError(f"{type(shown).__name__} is no {model.__name__}")
    return shown
