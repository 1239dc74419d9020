"""The decorator that declares a mutation: a thin function that calls one service."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Hashable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model
from graphql import GraphQLError
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.union import StrawberryUnion
from strawberry.utils.str_converters import capitalize_first, to_camel_case
from strawberry_django.mutations.fields import DjangoMutationBase
from strawberry_django.optimizer import optimize

from domains.base.errors import Code, NotSignedIn, Refused
from domains.base.locks import refuse_when_busy
from graphql_api.checks.gate import GateKeys, gate
from graphql_api.context import Context
from graphql_api.errors import as_operation_info
from graphql_api.operation_info import OperationInfo


def mutation(
    *results: type, description: str, locked_by: Collection[str] | None = None
) -> Callable[[Callable[..., object]], Any]:
    """Turn a resolver into a mutation: refusals become `OperationInfo`, and a returned row is read again.

    The payload is a union of `results` and `OperationInfo`. The optimizer reads a returned row again with the fields
    that the client selects, so that they cost no query per row. `locked_by` names the fields of the input that name the
    row that the service locks, by default its ids: the gate admits few mutations of one row at once.
    """

    def declare(resolver: Callable[..., object]) -> Any:
        name, domain = resolver.__name__, resolver.__module__.split(".")[1]

        @functools.wraps(resolver)
        def act(*args: Any, **kwargs: Any) -> Any:
            info = kwargs["info"]
            context: Context = info.context
            keys = GateKeys(_rows_named_by(kwargs.get("input"), info, name, locked_by), name, domain)
            try:
                if context.rate_refusal:
                    raise context.rate_refusal
                with refuse_when_busy(), gate.slot(keys):
                    answer = resolver(*args, **kwargs)
            except (Refused, ValidationError) as refusal:
                if isinstance(refusal, Refused):
                    context.note_wait(refusal)
                if isinstance(refusal, NotSignedIn):
                    _put_beside(refusal, info)
                return as_operation_info(refusal)
            except (ObjectDoesNotExist, PermissionDenied) as fault:
                # Their messages name database tables, so they must not reach the client as refusals.
                raise RuntimeError("a service let an exception of Django escape") from fault
            return _read_again(answer, info) if isinstance(answer, Model) else answer

        payload = StrawberryAnnotation(_payload(to_camel_case(name), results))
        return DjangoMutationBase(type_annotation=payload, description=description, handle_django_errors=False)(act)

    return declare


def _payload(name: str, results: tuple[type, ...]) -> StrawberryUnion:
    return StrawberryUnion(
        f"{capitalize_first(name)}Payload",
        tuple(StrawberryAnnotation(one) for one in (*results, OperationInfo)),
        description=f"Payload of `{name}`: the result, or `OperationInfo` if the mutation was refused.",
    )


def _rows_named_by(wish: Any, info: Any, name: str, locked_by: Collection[str] | None) -> set[Hashable]:
    """Return the rows that the input names, by id or as `locked_by` says; if there are none, return the caller."""
    keys = locked_by
    if keys is None:
        keys = [one.name for one in (dataclasses.fields(wish) if wish else ()) if one.name.endswith("_id")]
    rows: set[Hashable] = {(name, key, value) for key in keys if (value := getattr(wish, key))}
    session = info.context.session
    if not rows and session is not None:
        rows = {("actor", session.user_id)}
    return rows


def _put_beside(refusal: NotSignedIn, info: Any) -> None:
    """Add the missing login to the response's `errors` too, because clients handle missing logins there."""
    raw = info._raw_info
    error = GraphQLError(str(refusal), raw.field_nodes, path=raw.path.as_list(), original_error=refusal)
    info.context.errors.append(error)


def _read_again(row: Model, info: Any) -> Model | OperationInfo:
    rows = type(row)._default_manager.filter(pk=row.pk)
    # Not `get`: the row may have been deleted.
    again: Model | None = optimize(rows, info=info).first()
    if again is not None:
        return again
    gone = "It was stored, and replaced or removed by something else in the same moment; read it again."
    return as_operation_info(Refused.because(Code.CONFLICT, gone))
