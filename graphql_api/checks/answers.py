"""How long an answer may be, counted while it is made: execution stops as soon as it would be longer.

Each value is counted once, when it is completed. What JSON adds, such as commas and escapes, is not known by then, so
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
#: What a field takes beside its name and its value: two quotes, a colon, a comma.
PUNCTUATION = 4
#: About how long a number, a Boolean or a date is.
SHORT_VALUE = 8


class AnswerTooLong(LimitExceeded):
    """The answer is longer than MAX_ANSWER_BYTES."""

    def __init__(self) -> None:
        size: int = settings.MAX_ANSWER_BYTES
        length = f"{size // MIB} MiB" if size % MIB == 0 else f"{size} bytes"
        super().__init__(f"The answer is longer than {length}; ask for smaller pages.")


class _Counting(Executor[Any]):
    """Counts what it completes. Past the limit every field raises, what waits is given up, and no data is left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Executors of a subscription's events are copies, so each event may be as long.
        self._bytes_left: int = settings.MAX_ANSWER_BYTES
        self._too_long: AnswerTooLong | None = None

    def collect_subfields(self, return_type: Any, field_details_list: Any) -> CollectedFields:
        """Return what is selected of an object, and count the names.

        Here rather than where the fields are executed: a frame more on each level of the recursion would be felt.
        """
        collected = super().collect_subfields(return_type, field_details_list)
        names = collected.grouped_field_set
        self._bytes_left -= sum(map(len, names)) + PUNCTUATION * len(names)
        if self._bytes_left < 0:
            self._give_up()
        return collected

    def complete_leaf_value(self, return_type: GraphQLLeafType, result: Any) -> Any:  # type: ignore[override]
        """Complete the value, and count it."""
        value = return_type.coerce_output_value(result)
        if value is None or value is Undefined:
            return super().complete_leaf_value(return_type, result)  # which knows what to raise
        # Each request comes by here thousands of times.
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
        """Let nothing on the way up turn the end into one field's error."""
        if self._too_long is not None:
            raise self._too_long
        super().handle_field_error(raw_error, *where)

    async def with_abort_signal(self, awaitable: Awaitable[T]) -> T:
        """Wait for what a resolver gives; once the answer is too long, no resolver is begun."""
        if self._too_long is None:
            return await awaitable
        if iscoroutine(awaitable):
            awaitable.close()
        raise self._too_long

    def settle_in_background(self, awaitables: list[Awaitable[Any]]) -> None:
        """Give up the siblings of a field that failed, instead of letting them come to their end unseen."""
        if self._too_long is None:
            super().settle_in_background(awaitables)
        else:
            _close(awaitables)

    def build_response(self, data: dict[str, Any] | None) -> Any:
        """Answer with the one error, and nothing of the data."""
        if self._too_long is None:
            return super().build_response(data)
        self._too_long.__traceback__ = self._too_long.__context__ = None  # they hold all that was made
        self.collected_errors.errors.clear()
        return ExecutionResult(None, [self._too_long])


def _close(value: Any) -> None:
    """Close the coroutines in the value that have not begun, with those that they would have waited for."""
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
    """Executes a subscription's document on its events."""


def encode_answer(answer: Any) -> bytes:
    """Write the answer as JSON; one whose text turns out to be too long is replaced by the error."""
    text = orjson.dumps(answer, default=str)
    return text if len(text) <= settings.MAX_ANSWER_BYTES else orjson.dumps(_too_long(answer))


def encode_message(message: Any) -> bytes:
    """Write a message of the sockets' protocol as JSON, with the same bound for the answer that it may bring."""
    text = orjson.dumps(message, default=str)
    if len(text) > settings.MAX_ANSWER_BYTES and message["type"] == "next":
        text = orjson.dumps({**message, "payload": _too_long(message["payload"])})
    return text


def _too_long(answer: dict[str, Any]) -> dict[str, Any]:
    errors: list[Any] = [AnswerTooLong()]
    code_errors(errors)
    kept = {"extensions": answer["extensions"]} if "extensions" in answer else {}
    return {"data": None, "errors": [error.formatted for error in errors], **kept}
