"""Errors in responses: `OperationInfo` for mutations, `extensions.code` for everything else.

Only the errors listed here reach a client with their own message. Any other error is a fault of the server: it is
logged with the request's id and answered as INTERNAL.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from enum import Enum
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.utils.str_converters import to_camel_case

from domains.base.errors import NotAllowed, NotFound, Refused, problems_of
from domains.base.logs import current_request_id
from graphql_api.operation_info import ErrorCode, OperationInfo, OperationMessage, OperationMessageKind

logger = logging.getLogger("mishmob.graphql")

E = TypeVar("E", bound=Enum)

#: Maximum number of messages of a refused mutation.
MAX_MESSAGES = 100

#: Maximum number of errors for each root field, and for the document as a whole.
MAX_REPORTED_ERRORS = 5
#: Exceptions of the library if a request names no operation of its document, or has none.
NO_OPERATION = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)


class BadUserInput(GraphQLError):
    """An argument of a query is invalid; the message says what to send instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_USER_INPUT"})


class LimitExceeded(GraphQLError):
    """The document exceeds a limit for one request."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "LIMIT_EXCEEDED"})


def known(enum: type[E], code: str, otherwise: E) -> E:
    """Return the enum's value for a code; if the enum lacks the code, log an error and return `otherwise`."""
    try:
        return enum(code)
    except ValueError:
        logger.error("%s does not list the code %s", enum.__name__, code)  # noqa: TRY400 # a traceback would not help
        return otherwise


def as_operation_info(error: Refused | ValidationError) -> OperationInfo:
    """Return the refusal as the result of a mutation."""
    kind = OperationMessageKind.VALIDATION
    if isinstance(error, NotAllowed):
        kind = OperationMessageKind.PERMISSION
    elif isinstance(error, NotFound):
        kind = OperationMessageKind.ERROR
    problems = error.problems if isinstance(error, Refused) else problems_of(error)
    return OperationInfo(
        messages=[
            OperationMessage(
                kind=kind,
                code=str(problem.code),
                error_code=known(ErrorCode, problem.code, ErrorCode.OTHER),
                field=to_camel_case(problem.field) if problem.field else None,
                message=problem.message,
                retry_after=problem.retry_after,
            )
            for problem in problems[:MAX_MESSAGES]
        ]
    )


def code_errors(errors: list[GraphQLError]) -> None:
    """Add the code and the request's id to each error, and hide the details of server faults."""
    request_id = current_request_id()
    errors[:] = _first_of_each_field(errors)
    for error in errors:
        if isinstance(error.original_error, NO_OPERATION):
            error.message = "There is no operation to run: look at `query` and `operationName`."
        # Do not suggest similar names for a misspelled one.
        error.message = error.message.partition(" Did you mean")[0]
        extensions = dict(error.extensions or {})
        extensions.setdefault("code", _code(error))
        extensions["requestId"] = request_id
        logger.info("request %s was answered %s at %s", request_id, extensions["code"], error.path)
        if extensions["code"] == "INTERNAL":
            logger.error("request %s failed at %s", request_id, error.path, exc_info=error.original_error)
            if not settings.DEBUG:
                error.message = f"Something went wrong here; the request's id is {request_id}."
        elif isinstance(error.original_error, Refused):
            error.message = " ".join(problem.message for problem in error.original_error.problems)
            if error.original_error.retry_after is not None:
                extensions["retryAfter"] = error.original_error.retry_after
        error.extensions = extensions


def _first_of_each_field(errors: list[GraphQLError]) -> list[GraphQLError]:
    """Return MAX_REPORTED_ERRORS of each root field, so that no field hides another's, and of the whole document."""
    counted: Counter[str | int | None] = Counter()
    reported = []
    for error in errors:
        root = error.path[0] if error.path else None
        counted[root] += 1
        if counted[root] <= MAX_REPORTED_ERRORS:
            reported.append(error)
    return reported


def _code(error: GraphQLError) -> str:
    cause = error.original_error
    if isinstance(cause, Refused):
        code = str(cause.problems[0].code)
        return (
            code
            if code in {"UNAUTHENTICATED", "FORBIDDEN", "MFA_REQUIRED", "NOT_FOUND", "RATE_LIMITED"}
            else "BAD_USER_INPUT"
        )
    if isinstance(error, GraphQLSyntaxError):
        # The parser enforces the limit of tokens.
        return "LIMIT_EXCEEDED" if "tokens. Parsing aborted" in error.message else "GRAPHQL_PARSE_FAILED"
    if isinstance(cause, (GraphQLError, *NO_OPERATION)):
        return str((getattr(cause, "extensions", None) or {}).get("code", "BAD_USER_INPUT"))
    if cause is not None:
        return "INTERNAL"
    if error.path is None and not is_variable_error(error):
        return "GRAPHQL_VALIDATION_FAILED"
    return "BAD_USER_INPUT"


def is_variable_error(error: GraphQLError) -> bool:
    """Tell whether the value of a variable was refused, before anything was executed."""
    return error.path is None and bool(re.match(r"Variable '\$\w+' (has invalid|expected) ", error.message))
