"""GraphQL over WebSockets: the protocol graphql-transport-ws, for clients that may be malicious.

The library's handler implements the protocol; this consumer wraps it. Each frame is checked before the handler sees
it, the next frame is read only when the handler is done with the last, and the socket closes when the handler ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any, cast

from django.conf import settings
from strawberry.channels.handlers.ws_handler import ChannelsWebSocketAdapter, GraphQLWSConsumer
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.websocket_origin import normalize_allowed_origins
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from domains.accounts import selectors as accounts
from domains.accounts.models import Session
from domains.base.errors import NotSignedIn
from domains.base.logs import begin_request
from domains.base.networks import client_address, client_network
from graphql_api.checks.answers import encode_message
from graphql_api.context import Context
from graphql_api.edge.frames import Allowance, BadFrame, read_frame
from graphql_api.edge.operations import Handler, Operations
from graphql_api.live.close_codes import BAD_FRAME, SESSION_OVER, SLOW, TOO_MANY, TRY_AGAIN_LATER
from graphql_api.live.database import in_database
from graphql_api.live.outbound import Outbound
from graphql_api.live.session_watch import session_watch

logger = logging.getLogger("mishmob.sockets")

#: Maximum number of sockets in one process: per user, and per address for clients that are not logged in.
MAX_SOCKETS = 10
MAX_ANONYMOUS_SOCKETS = 20
INIT_TIMEOUT = dt.timedelta(seconds=10)

NO_PAYLOAD: UnsetType = UNSET

_sockets_of: Counter[int] = Counter()
_strangers_at: Counter[str] = Counter()


class Adapter(ChannelsWebSocketAdapter):
    """Passes checked messages to the handler, and its answers to the socket."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield the messages in the order of arrival, until the socket is closed."""
        consumer = cast("GraphQLConsumer", self.ws_consumer)
        while (message := await consumer.next_message()) is not None:
            yield message


class GraphQLConsumer(GraphQLWSConsumer[Context, None]):
    """One socket, from its handshake until it is closed."""

    websocket_adapter_class = Adapter
    graphql_transport_ws_handler_class = Handler

    # The library's own __init__ makes queues and locks for each socket, which are not used here.
    schema = cast("Any", Operations())
    protocols = (GRAPHQL_TRANSPORT_WS_PROTOCOL,)
    connection_init_wait_timeout = INIT_TIMEOUT
    max_subscriptions_per_connection = None
    allowed_origins = normalize_allowed_origins(settings.CORS_ALLOWED_ORIGINS)

    def __init__(self) -> None:
        self.is_closed = False
        self._allowance = Allowance()
        self._session: Session | None = None
        self._stranger_at: str | None = None
        #: Characters that wait until the client has read the messages before: at most one answer of the maximum
        #: length, or several that have this length together.
        self._unsent = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket. Wake-ups come through graphql_api/live/switchboard.py, not through Channels' consumer."""
        self.scope, self.base_receive, self.base_send = scope, receive, send
        await receive()  # the handshake
        begin_request()
        try:
            await self.run(cast("Any", self))
            await self.close(BAD_FRAME, "The connection is over")
        except Exception:
            logger.exception("the handler of a socket failed")
            await self.close(TRY_AGAIN_LATER, "Something went wrong here")
        finally:
            self.is_closed = True
            await self._log_out()

    async def next_message(self) -> dict[str, Any] | None:
        """Return the next checked message, or None once the socket is closed; a bad frame closes it."""
        if self.is_closed:
            return None
        event = await self.base_receive()
        if event["type"] == "websocket.disconnect":
            self.is_closed = True
            return None
        try:
            self._allowance.spend()
            return read_frame(event.get("text"))
        except BadFrame as bad:
            await self.close(bad.code, bad.reason)
            return None

    def is_websocket_origin_allowed(self, request: Any, origin: str) -> bool:
        """Allow the same origins to open sockets that may call the API over HTTP."""
        patterns = settings.CORS_ALLOWED_ORIGIN_REGEXES
        return super().is_websocket_origin_allowed(request, origin) or any(re.match(p, origin) for p in patterns)

    async def close(self, code: int | bool | None = None, reason: str | None = None) -> None:
        """Close the socket once; the server then sends a disconnect, which ends the handler."""
        if self.is_closed:
            return
        self.is_closed = True
        with contextlib.suppress(Exception):  # the client may have disconnected already
            await super().close(code=code, reason=reason)

    async def send(self, text_data: Any = None, bytes_data: bytes | None = None, close: bool = False) -> None:
        """Send the message, unless the socket is closed: the handler may still have answers to send."""
        if self.is_closed:
            return
        size = len(text_data)
        if self._unsent and self._unsent + size > settings.MAX_ANSWER_BYTES:
            await self.close(SLOW, "Too slow: read the answers before you ask for more")
            return
        self._unsent += size
        try:
            await self.base_send({"type": "websocket.send", "text": text_data})
        except (OSError, RuntimeError):
            # By the ASGI specification, the client has disconnected. Or the server closed the socket, while this call
            # waited for a slow client or because the client did not answer its pings.
            self.is_closed = True
        finally:
            self._unsent -= size

    def encode_json(self, data: object) -> str:
        """Encode a message as JSON text."""
        return encode_message(data).decode()

    async def get_context(self, request: Any, response: Any) -> Context:
        """Return an anonymous context; `connection_init` may add a session to it."""
        headers = self.get_websocket_headers(request)
        peer = (self.scope.get("client") or ("", 0))[0]
        return Context(
            request=request,
            response=response,
            request_id="-",
            ip_address=client_address(peer, headers.get("x-forwarded-for", "")),
            outbound=Outbound(self.send, self.close),
        )

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Log in by the access token in `connection_init`, if there is one; a bad token closes with 4403."""
        params = context.connection_params or {}
        authorization = params.get("Authorization", params.get("authorization"))
        if authorization is not None:
            try:
                session = await in_database(lambda: accounts.get_session(authorization=str(authorization)))
            except NotSignedIn:
                raise ConnectionRejectionError from None
            if _sockets_of[session.user_id] >= MAX_SOCKETS:
                await self.close(TOO_MANY, f"At most {MAX_SOCKETS} sockets a person: close one first")
                return NO_PAYLOAD
            context.session = self._session = session
            _sockets_of[session.user_id] += 1
            await session_watch().add(session.pk, self._end_with_session)
        elif _strangers_at[client_network(context.ip_address)] >= MAX_ANONYMOUS_SOCKETS:
            await self.close(TOO_MANY, f"At most {MAX_ANONYMOUS_SOCKETS} sockets without a login from one address")
        else:
            self._stranger_at = client_network(context.ip_address)
            _strangers_at[self._stranger_at] += 1
        return NO_PAYLOAD

    async def _log_out(self) -> None:
        if self._stranger_at is not None:
            _forget(_strangers_at, self._stranger_at)
        if (session := self._session) is not None:
            _forget(_sockets_of, session.user_id)
            await session_watch().remove(session.pk, self._end_with_session)

    async def _end_with_session(self) -> None:
        await self.close(SESSION_OVER, "The session has ended")


def _forget(counted: Counter[Any], key: Any) -> None:
    """Decrease the count, and remove the key at zero."""
    counted[key] -= 1
    if not counted[key]:
        del counted[key]
