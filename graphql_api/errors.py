"""Refusals on the wire: `OperationInfo` for mutations, `extensions.code` for everything else.

Only what is listed here reaches a client with its own words. Any other error is a fault of the
server: it is logged with the request's id and answered as INTERNAL.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.utils.str_converters import to_camel_case
from strawberry_django.fields.types import OperationInfo, OperationMessage

from domains.base.errors import Code, NotAllowed, NotFound, Problem, Refused
from graphql_api.logs import current_request_id

logger = logging.getLogger("mishmob.graphql")

#: Django's validator codes, in the contract's words.
VALIDATOR_CODES = {
    "blank": Code.REQUIRED,
    "null": Code.REQUIRED,
    "required": Code.REQUIRED,
    "min_length": Code.TOO_SHORT,
    "password_too_short": Code.TOO_SHORT,
    "max_length": Code.TOO_LONG,
    "unique": Code.DUPLICATE,
    "unique_together": Code.DUPLICATE,
}
MAX_REPORTED_ERRORS = 5


class BadUserInput(GraphQLError):
    """A query's argument makes no sense; the message says what to send instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_USER_INPUT"})


class LimitExceeded(GraphQLError):
    """The document asks for more than one request may."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "LIMIT_EXCEEDED"})


def operation_info(error: Refused | ValidationError) -> OperationInfo:
    """Return the refusal as a mutation answers it."""
    kind = OperationMessage.Kind.VALIDATION
    if isinstance(error, NotAllowed):
        kind = OperationMessage.Kind.PERMISSION
    elif isinstance(error, NotFound):
        kind = OperationMessage.Kind.ERROR
    return OperationInfo(
        messages=[
            OperationMessage(
                kind=kind,
                code=str(problem.code),
                field=to_camel_case(problem.field) if problem.field else None,
                message=problem.message,
            )
            for problem in _problems(error)
        ]
    )


def _problems(error: Refused | ValidationError) -> Iterator[Problem]:
    if isinstance(error, Refused):
        yield from error.problems
        return
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for field, errors in by_field.items():
        for one in errors:
            code = str(VALIDATOR_CODES.get(one.code or "", Code.INVALID))
            yield Problem(code, " ".join(one.messages), None if field == NON_FIELD_ERRORS else field)


def code_errors(errors: list[GraphQLError]) -> None:
    """Give each error its code and the request's id; hide what went wrong inside."""
    request_id = current_request_id()
    del errors[MAX_REPORTED_ERRORS:]
    for error in errors:
        extensions = dict(error.extensions or {})
        extensions.setdefault("code", _code(error))
        extensions["requestId"] = request_id
        if extensions["code"] == "INTERNAL":
            logger.error("request %s failed at %s", request_id, error.path, exc_info=error.original_error)
            if not settings.DEBUG:
                error.message = f"Something went wrong here; the request's id is {request_id}."
        elif isinstance(error.original_error, Refused):
            error.message = " ".join(problem.message for problem in error.original_error.problems)
        error.extensions = extensions


def _code(error: GraphQLError) -> str:
    cause = error.original_error
    if isinstance(cause, Refused):
        code = str(cause.problems[0].code)
        return code if code in {"UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "RATE_LIMITED"} else "BAD_USER_INPUT"
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if isinstance(cause, GraphQLError):
        return str((cause.extensions or {}).get("code", "BAD_USER_INPUT"))
    if cause is not None:
        return "INTERNAL"
    # Without a cause and a path it comes from graphql-core's own checks of the document or its variables.
    return "GRAPHQL_VALIDATION_FAILED" if error.path is None and not _is_variable(error) else "BAD_USER_INPUT"


def _is_variable(error: GraphQLError) -> bool:
    return error.message.startswith("Variable ")
