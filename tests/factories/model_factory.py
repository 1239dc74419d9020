"""What all factories share: the type checker knows that calling one gives a row of its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model
from factory.django import DjangoModelFactory

Row = TypeVar("Row", bound=Model)


class ModelFactory(DjangoModelFactory[Row]):
    """Makes rows of one model."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        def __new__(cls, **fields: Any) -> Row:  # type: ignore[misc] # the call makes a row, not a factory
            ...


def factory_of(model: type[Model]) -> type[ModelFactory[Any]]:
    """Return the factory that makes rows of this model."""
    return next(factory for factory in ModelFactory.__subclasses__() if factory._meta.model is model)
