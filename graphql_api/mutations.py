"""The one way to declare a mutation: a thin function that calls one service."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import strawberry_django
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model
from strawberry_django.fields.types import OperationInfo
from strawberry_django.optimizer import optimize

from domains.base.errors import Code, Refused
from domains.base.locks import refuse_when_busy
from graphql_api.errors import operation_info
from graphql_api.turns import turns


def mutation(*, description: str, takes_turn: bool = True) -> Callable[[Callable[..., Any]], Any]:
    """Make a mutation of a resolver: refusals become `OperationInfo`, rows are read again for the answer.

    What is slow by itself, and not for others' locks, takes no turn: it stores files, draws pictures, hashes passwords.

    The payload is a union of what the resolver's return type names and `OperationInfo`. A returned
    row is read anew with the optimizer, so that what the client selects costs no query per row.
    """

    def declare(resolver: Callable[..., Any]) -> Any:
        @functools.wraps(resolver)
        def act(*args: Any, **kwargs: Any) -> Any:
            try:
                with refuse_when_busy(), turns.one() if takes_turn else nullcontext():
                    answer = resolver(*args, **kwargs)
            except (Refused, ValidationError) as refusal:
                return operation_info(refusal)
            except (ObjectDoesNotExist, PermissionDenied) as fault:
                # The library would answer with their text, which names our tables.
                raise RuntimeError("a service let an exception of Django escape") from fault
            return _read_again(answer, kwargs["info"]) if isinstance(answer, Model) else answer

        return strawberry_django.mutation(act, handle_django_errors=True, description=description)

    return declare


def _read_again(row: Model, info: Any) -> Model | OperationInfo:
    rows = type(row)._default_manager.filter(pk=row.pk)
    # Not `get`: the library would answer with the text of what that raises.
    again: Model | None = optimize(rows, info=info).first()
    if again is not None:
        return again
    gone = "It was stored, and replaced or removed by something else in the same moment; read it again."
    return operation_info(Refused.because(Code.CONFLICT, gone))
