"""The Django row behind a GraphQL object."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)


def row_of(shown: object, model: type[M]) -> M:
    """Return `self` of a resolver with its type at run time: a row of the model."""
    if not isinstance(shown, model):
        raise TypeError(f"{type(shown).__name__} is no {model.__name__}")
    return shown
