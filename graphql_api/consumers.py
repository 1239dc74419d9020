"""GraphQL over sockets: the protocol graphql-transport-ws, for clients that may mean harm.

The library's handler knows the protocol; what is here stands around it. Each frame is checked before
the handler sees it, the handler's end is always the socket's end, and each operation has a context
of its own, so that nothing one operation does reaches the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Any, cast

import orjson
from asgiref.sync import sync_to_async
from channels.db import aclose_old_connections
from django.conf import settings
from graphql import GraphQLError
from strawberry.channels.handlers.ws_handler import ChannelsWebSocketAdapter, GraphQLWSConsumer
from strawberry.exceptions import ConnectionRejectionError, MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.execution import PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from domains.accounts import selectors as accounts
from domains.base.errors import NotSignedIn
from graphql_api.context import Context
from graphql_api.database import in_database
from graphql_api.errors import BadUserInput, LimitExceeded, code_errors
from graphql_api.frames import BAD_FRAME, TOO_MANY, Allowance, BadFrame, read_frame
from graphql_api.limits import MAX_CHARACTERS
from graphql_api.logs import begin_request
from graphql_api.network import client_address
from graphql_api.schema import schema
from graphql_api.session_watch import session_watch

logger = logging.getLogger("mishmob.sockets")

MAX_SUBSCRIPTIONS = 20
MOST_QUEUED = 64
INIT_TIMEOUT = dt.timedelta(seconds=10)
SESSION_OVER, SERVER_FAILED = 4403, 1011


class Operations:
    """The schema as a socket's handler sees it: each operation gets a request id and a context of its own."""

    async def stream(self, query: str | None, *, context_value: Context, **kwargs: Any) -> AsyncIterator[Any]:
        """Run one operation within the limits of HTTP."""
        if len(query or "") > MAX_CHARACTERS:
            return _refused(LimitExceeded(f"The document is too long: at most {MAX_CHARACTERS} characters."))
        own = replace(context_value, request_id=begin_request(), loaders={})
        if own.session:
            # Rights may have changed since the socket was opened.
            session_id = own.session.pk
            own.session = await in_database(lambda: accounts.find_live_session(session_id=session_id))
            if own.session is None:
                own.refusal = NotSignedIn("The session has ended; log in again.")
        results = await schema.stream(query, context_value=own, **kwargs)
        return _guarded(results)


async def _guarded(results: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """Pass the results on; a failure ends the operation with an error that has its code."""
    try:
        async with contextlib.aclosing(results):
            async for result in results:
                yield result
    except GraphQLError as error:  # an extension refused the document while it was parsed
        yield _failure(error)
    except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError):
        yield _failure(BadUserInput("There is no operation to run: look at `query` and `operationName`."))
    except Exception as error:  # noqa: BLE001 # it is logged and coded like every error of the schema
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
    """The library's handler, whose refusals of an operation leave its siblings alone and carry codes."""

    async def handle_subscribe(self, message: Any) -> None:
        """Begin the operation unless there are as many as a socket may have."""
        is_new = self.connection_acknowledged and message["id"] not in self.operations
        if is_new and len(self.operations) >= MAX_SUBSCRIPTIONS:
            failure = _failure(LimitExceeded(f"At most {MAX_SUBSCRIPTIONS} operations at a time over one socket."))
            errors = [error.formatted for error in failure.errors or ()]
            await self.send_message({"id": message["id"], "type": "error", "payload": errors})
            return
        await super().handle_subscribe(message)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """Never close for a document that can't be run: the operation gets the error."""
        return None


class Adapter(ChannelsWebSocketAdapter):
    """Hands checked messages to the handler, and its answers to the socket."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield the messages in the order they came, until the socket is closed."""
        consumer: GraphQLConsumer = self.ws_consumer  # type: ignore[assignment]
        while (message := await consumer.inbox.get()) is not None:
            yield message


class GraphQLConsumer(GraphQLWSConsumer[Context, None]):
    """One socket, from its handshake to its end."""

    #: Wake-ups come by graphql_api/live.py; a layer that is down must not take sockets with it.
    channel_layer_alias = "none"
    websocket_adapter_class = Adapter
    graphql_transport_ws_handler_class = Handler

    def __init__(self) -> None:
        super().__init__(
            schema=Operations(),  # type: ignore[arg-type]
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_TIMEOUT,
            max_subscriptions_per_connection=None,
            allowed_origins=settings.CORS_ALLOWED_ORIGINS,
        )
        self.inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(MOST_QUEUED)
        self.is_closed = False
        self._allowance = Allowance()
        self._lifetime = contextlib.AsyncExitStack()

    def is_websocket_origin_allowed(self, request: Any, origin: str) -> bool:
        """Let pages of the same origins open sockets that may call the API."""
        patterns = settings.CORS_ALLOWED_ORIGIN_REGEXES
        return super().is_websocket_origin_allowed(request, origin) or any(re.match(p, origin) for p in patterns)

    async def connect(self) -> None:
        """Let the handler take the socket; its end, however it comes, is the socket's."""
        self.run_task = asyncio.create_task(self._live())

    async def _live(self) -> None:
        begin_request()
        try:
            await self.run(cast("Any", self))
            await self.close(BAD_FRAME, "The connection is over")
        except Exception:
            logger.exception("the handler of a socket failed")
            await self.close(SERVER_FAILED, "Something went wrong here")
        finally:
            await self._lifetime.aclose()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Check a frame and put it before the handler; a bad one closes the socket."""
        if self.is_closed:
            return
        try:
            self._allowance.spend()
            self.inbox.put_nowait(read_frame(text_data))
        except BadFrame as bad:
            await self.close(bad.code, bad.reason)
        except asyncio.QueueFull:
            await self.close(TOO_MANY, "Too many messages are waiting")

    async def disconnect(self, code: int) -> None:
        """End the handler; what it had begun is cancelled."""
        self.is_closed = True
        self._finish()
        if self.run_task:
            await self.run_task

    async def close(self, code: int | bool | None = None, reason: str | None = None) -> None:
        """Close the socket once, and end the handler with it."""
        if self.is_closed:
            return
        self.is_closed = True
        with contextlib.suppress(Exception):  # the client may be gone already
            await super().close(code=code, reason=reason)
        self._finish()

    def _finish(self) -> None:
        while not self.inbox.empty():
            self.inbox.get_nowait()
        self.inbox.put_nowait(None)

    async def send(self, text_data: Any = None, bytes_data: bytes | None = None, close: bool = False) -> None:
        """Send, unless the socket was closed or its client is gone: the handler may have answers left."""
        if self.is_closed:
            return
        try:
            await super().send(text_data, bytes_data, close)
        except OSError:  # by the ASGI specification: the other end is gone
            self.is_closed = True
            self._finish()

    def encode_json(self, data: object) -> str:
        """Write a message as text."""
        return orjson.dumps(data, default=str).decode()

    async def get_context(self, request: Any, response: Any) -> Context:
        """Return the context of a stranger; `connection_init` may bring a session."""
        headers = self.get_websocket_headers(request)
        peer = (self.scope.get("client") or ("", 0))[0]
        return Context(
            request=request,
            response=response,
            request_id="-",
            ip_address=client_address(peer, headers.get("x-forwarded-for", "")),
        )

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Log in by the access token in `connection_init`, if there is one; a bad token closes with 4403."""
        params = context.connection_params or {}
        if authorization := params.get("Authorization", params.get("authorization")):
            try:
                context.session = await sync_to_async(accounts.get_session)(authorization=str(authorization))
            except NotSignedIn:
                raise ConnectionRejectionError from None
            guard = session_watch().guarding(context.session.pk, self._end_with_session)
            await self._lifetime.enter_async_context(guard)
        no_payload: UnsetType = UNSET
        return no_payload

    async def _end_with_session(self) -> None:
        await self.close(SESSION_OVER, "The session has ended")
