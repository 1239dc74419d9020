"""The one way to declare a mutation: a thin function that calls one service."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Hashable
from typing import Any

import strawberry_django
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model
from strawberry_django.fields.types import OperationInfo
from strawberry_django.optimizer import optimize

from domains.base.errors import Code, Refused
from domains.base.locks import refuse_when_busy
from graphql_api.errors import operation_info
from graphql_api.gate import Place, gate


def mutation(*, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Make a mutation of a resolver: refusals become `OperationInfo`, rows are read again for the answer.

    The payload is a union of what the resolver's return type names and `OperationInfo`. A returned
    row is read anew with the optimizer, so that what the client selects costs no query per row.
    """

    def declare(resolver: Callable[..., Any]) -> Any:
        name, domain = resolver.__name__, resolver.__module__.split(".")[1]

        @functools.wraps(resolver)
        def act(*args: Any, **kwargs: Any) -> Any:
            place = Place(_rows_named_by(kwargs["input"], kwargs["info"], name), name, domain)
            try:
                with refuse_when_busy(), gate.slot(place):
                    answer = resolver(*args, **kwargs)
            except (Refused, ValidationError) as refusal:
                return operation_info(refusal)
            except (ObjectDoesNotExist, PermissionDenied) as fault:
                # The library would answer with their text, which names our tables.
                raise RuntimeError("a service let an exception of Django escape") from fault
            return _read_again(answer, kwargs["info"]) if isinstance(answer, Model) else answer

        return strawberry_django.mutation(act, handle_django_errors=True, description=description)

    return declare


def _rows_named_by(wish: Any, info: Any, name: str) -> set[Hashable]:
    """Return what the input names by ids, for this mutation; without any, the person who asks: it is about them."""
    values = ((one.name, getattr(wish, one.name)) for one in dataclasses.fields(wish))
    rows: set[Hashable] = {(name, key, value) for key, value in values if key.endswith("_id") and value}
    session = info.context.session
    if not rows and session is not None:
        rows = {("actor", session.user_id)}
    return rows


def _read_again(row: Model, info: Any) -> Model | OperationInfo:
    rows = type(row)._default_manager.filter(pk=row.pk)
    # Not `get`: the library would answer with the text of what that raises.
    again: Model | None = optimize(rows, info=info).first()
    if again is not None:
        return again
    gone = "It was stored, and replaced or removed by something else in the same moment; read it again."
    return operation_info(Refused.because(Code.CONFLICT, gone))
