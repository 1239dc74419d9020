"""The limit on the length of an answer, counted during execution, which stops as soon as the limit is exceeded.

Each value is counted once, when it is completed. The commas and escapes that JSON adds are not known at that time, so
the text itself is measured too before it is sent.
"""

from __future__ import annotations

from asyncio import iscoroutine
from collections.abc import Awaitable
from inspect import CORO_CREATED, getcoroutinelocals, getcoroutinestate
from typing import Any, TypeVar

import orjson
from django.conf import settings
from graphql import GraphQLLeafType, Undefined
from graphql.execution import ExecutionResult
from graphql.execution.collect_fields import CollectedFields
from graphql.execution.executor import Executor
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.errors import LimitExceeded, code_errors

T = TypeVar("T")
MIB = 1024 * 1024
#: Bytes of a field besides its name and its value: two quotes, a colon, a comma.
PUNCTUATION = 4
#: Approximate length of a number, a Boolean or a date.
SHORT_VALUE = 8


class AnswerTooLong(LimitExceeded):
    """The answer is longer than MAX_ANSWER_BYTES."""

    def __init__(self) -> None:
        size: int = settings.MAX_ANSWER_BYTES
        length = f"{size // MIB} MiB" if size % MIB == 0 else f"{size} bytes"
        super().__init__(f"The answer is longer than {length}; ask for smaller pages.")


class _Counting(Executor[Any]):
    """Counts completed values. Past the limit every field raises, waiting resolvers are closed, and no data is left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Each event of a subscription has a copy of the executor, so the limit applies to each event.
        self._bytes_left: int = settings.MAX_ANSWER_BYTES
        self._too_long: AnswerTooLong | None = None

    def collect_subfields(self, return_type: Any, field_details_list: Any) -> CollectedFields:
        """Return the selected fields of an object, and count their names.

        Counting where the fields are executed would add a stack frame on each level of the recursion, which is slower.
        """
        collected = super().collect_subfields(return_type, field_details_list)
        names = collected.grouped_field_set
        self._bytes_left -= sum(map(len, names)) + PUNCTUATION * len(names)
        if self._bytes_left < 0:
            self._give_up()
        return collected

    def complete_leaf_value(self, return_type: GraphQLLeafType, result: Any) -> Any:  # type: ignore[override]
        """Complete the value, and count it; the library's method is static."""
        value = return_type.coerce_output_value(result)
        if value is None or value is Undefined:
            return super().complete_leaf_value(return_type, result)  # which raises the right error
        # This code is fast, because it runs thousands of times per request.
        if value.__class__ is not str:
            self._bytes_left -= SHORT_VALUE
        elif value.isascii():
            self._bytes_left -= len(value) + 2
        else:
            self._bytes_left -= len(value.encode(errors="surrogatepass")) + 2
        if self._bytes_left < 0:
            self._give_up()
        return value

    def _give_up(self) -> None:
        self._too_long = self._too_long or AnswerTooLong()
        raise self._too_long

    def handle_field_error(self, raw_error: Exception, *where: Any) -> None:
        """Raise the error again on every level, so that it ends the execution instead of one field."""
        if self._too_long is not None:
            raise self._too_long
        super().handle_field_error(raw_error, *where)

    async def with_abort_signal(self, awaitable: Awaitable[T]) -> T:
        """Wait for the value of a resolver; once the answer is too long, no more resolvers are started."""
        if self._too_long is None:
            return await awaitable
        if iscoroutine(awaitable):
            awaitable.close()
        raise self._too_long

    def settle_in_background(self, awaitables: list[Awaitable[Any]]) -> None:
        """Close the siblings of a failed field once the answer is too long, instead of letting them finish unseen."""
        if self._too_long is None:
            super().settle_in_background(awaitables)
        else:
            _close(awaitables)

    def build_response(self, data: dict[str, Any] | None) -> Any:
        """Return only the error, without data, if the answer is too long."""
        if self._too_long is None:
            return super().build_response(data)
        self._too_long.__traceback__ = self._too_long.__context__ = None  # they reference all values made so far
        self.collected_errors.errors.clear()
        return ExecutionResult(None, [self._too_long])


def _close(value: Any) -> None:
    """Close the coroutines in the value that have not started, and those that they would have awaited."""
    if iscoroutine(value):
        if getcoroutinestate(value) == CORO_CREATED:
            waiting = list(getcoroutinelocals(value).values())
            value.close()
            _close(waiting)
    elif isinstance(value, dict):
        _close(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            _close(one)


class OperationExecutor(_Counting, StrawberryGraphQLCoreExecutionContext):
    """Executes queries and mutations."""


class EventExecutor(_Counting):
    """Executes the document of a subscription for each event."""


def encode_answer(answer: Any) -> bytes:
    """Encode the answer as JSON; an answer whose text is too long is replaced by the error."""
    text = orjson.dumps(answer, default=str)
    return text if len(text) <= settings.MAX_ANSWER_BYTES else orjson.dumps(_too_long(answer))


def encode_message(message: Any) -> bytes:
    """Encode a message of the socket protocol as JSON; the same limit applies to the answer in it."""
    text = orjson.dumps(message, default=str)
    if len(text) > settings.MAX_ANSWER_BYTES and message["type"] == "next":
        text = orjson.dumps({**message, "payload": _too_long(message["payload"])})
    return text


def _too_long(answer: dict[str, Any]) -> dict[str, Any]:
    errors: list[Any] = [AnswerTooLong()]
    code_errors(errors)
    kept = {"extensions": answer["extensions"]} if "extensions" in answer else {}
    return {"data": None, "errors": [error.formatted for error in errors], **kept}
