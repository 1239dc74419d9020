"""The operations of a socket: each has its own context, and the end of one does not affect the others."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson
from asgiref.sync import ThreadSensitiveContext
from channels.db import aclose_old_connections
from graphql import GraphQLError
from strawberry.channels.handlers.ws_handler import ChannelsWebSocketAdapter
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.types.execution import PreExecutionError

from domains.accounts import selectors as accounts
from domains.base.errors import NotSignedIn
from domains.base.logs import begin_request
from graphql_api.checks.limits import MAX_CHARACTERS
from graphql_api.context import Context
from graphql_api.errors import LimitExceeded, code_errors
from graphql_api.live.database import in_database
from graphql_api.live.streams import Handover
from graphql_api.schema import schema

logger = logging.getLogger("mishmob.sockets")

MAX_SUBSCRIPTIONS = 20


@lru_cache(maxsize=256)
def same_text(query: str) -> str:
    """Return the shared copy of the text: thousands of sockets send the same few documents."""
    return query


class Operations:
    """The schema for a socket's handler: each operation gets its own request id and context."""

    async def stream(self, query: str | None, *, context_value: Context, **kwargs: Any) -> AsyncIterator[Any]:
        """Run one operation with the same limits as over HTTP."""
        if len(query or "") > MAX_CHARACTERS:
            return _refused(LimitExceeded(f"The document is too long: at most {MAX_CHARACTERS} characters."))
        own = replace(context_value, request_id=begin_request(), loaders={}, errors=[])
        if own.session:
            # Rights may have changed since the socket was opened.
            session_id = own.session.pk
            own.session = await in_database(lambda: accounts.find_live_session(session_id=session_id))
            if own.session is None:
                own.refusal = NotSignedIn("The session has ended; log in again.")
        results = await schema.stream(query, context_value=own, **kwargs)
        return _guarded(results)


async def _guarded(results: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """Yield the results; a failure ends the operation with an error that has a code."""
    try:
        async with contextlib.aclosing(results):
            async for result in results:
                yield result
    except GraphQLError as error:  # an extension refused the document during parsing
        yield _failure(error)
    except Exception as error:  # noqa: BLE001 # logged, with a code, like every error of the schema
        yield _failure(GraphQLError("The operation failed.", original_error=error))
    finally:
        await aclose_old_connections()


async def _refused(error: GraphQLError) -> AsyncGenerator[Any, None]:
    yield _failure(error)


def _failure(error: GraphQLError) -> PreExecutionError:
    errors = [error]
    code_errors(errors)
    return PreExecutionError(data=None, errors=errors)


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """The library's handler; here a refused operation gets an error with a code, and the others continue."""

    websocket: ChannelsWebSocketAdapter

    async def handle_subscribe(self, message: Any) -> None:
        """Begin the operation, unless the socket already has MAX_SUBSCRIPTIONS operations."""
        is_new = self.connection_acknowledged and message["id"] not in self.operations
        if is_new and len(self.operations) >= MAX_SUBSCRIPTIONS:
            failure = _failure(LimitExceeded(f"At most {MAX_SUBSCRIPTIONS} operations at a time over one socket."))
            errors = [error.formatted for error in failure.errors or ()]
            await self.send_message({"id": message["id"], "type": "error", "payload": errors})
            return
        query = message["payload"]["query"]
        if len(query) <= MAX_CHARACTERS:
            message["payload"]["query"] = same_text(query)
        await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run the operation; if a subscription hands its stream over, send the events of the stream."""
        handover = Handover(operation.query, operation.operation_name, operation.variables)
        try:
            await self._execute(operation, handover)
            await self._serve(operation, handover)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except Exception as error:  # noqa: BLE001 # logged with the request's id, like every error
            # Never `complete`: it means that the stream has ended, so clients would not subscribe again.
            failure = _failure(GraphQLError("The operation failed.", original_error=error))
            with contextlib.suppress(Exception):
                await operation.send_initial_errors(failure.errors or [])
        finally:
            if handover.stream is not None:
                await handover.stream.aclose()

    async def _execute(self, operation: Operation[Context, None], handover: Handover) -> None:
        """Execute the operation in its own thread, so that waiting for a lock blocks no other, and send its results."""
        async with ThreadSensitiveContext():
            results = await self.schema.stream(
                operation.query,
                variable_values=operation.variables,
                context_value=replace(self.context, handover=handover),
                operation_name=operation.operation_name,
            )
            async with contextlib.aclosing(results):
                await self._send_result_stream(operation, results)

    async def _serve(self, operation: Operation[Context, None], handover: Handover) -> None:
        """Send the events of the stream until it ends; send nothing for an operation without a stream."""
        before, after = f'{{"id":{orjson.dumps(operation.id).decode()},"type":"next","payload":', "}"
        send = self.websocket.ws_consumer.send
        async with contextlib.aclosing(handover.payloads()) as payloads:
            async for payload in payloads:
                await send(f"{before}{payload}{after}")

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """Never close the socket for a document that cannot be executed: the operation gets the error."""
        return None
