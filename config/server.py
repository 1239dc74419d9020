"""How the server is run: one process of uvicorn, the same for development and production."""

from __future__ import annotations

import socket
from typing import Any

import psycopg
import uvicorn
from django.conf import settings
from django.db import OperationalError, connection

from config.env import WrongSetting
from config.http import Protocol
from config.sockets import Protocol as SocketProtocol

#: How long running requests may take to end after SIGTERM.
GRACE_SECONDS = 5
PING_SECONDS = 25
#: What is buffered of one frame before the socket is closed; the API's own limit is half of it.
MAX_FRAME_BYTES = 128 * 1024


def check_port(*, host: str, port: int) -> None:
    """Stop with one sentence if somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongSetting("PORT", f"is {port}, and one cannot listen there: {error.strerror}.") from None


def check_database() -> None:
    """Stop with one sentence if the database does not answer; the pool would wait for it, and log at length."""
    try:
        if connection.vendor == "postgresql":
            parameters = connection.get_connection_params()
            names = ("host", "port", "user", "password", "dbname", "sslmode")
            known: Any = {name: parameters.get(name) for name in names}
            psycopg.connect(**known, connect_timeout=3).close()
        else:
            connection.ensure_connection()
    except (OperationalError, psycopg.OperationalError) as error:
        reason = " ".join(str(error).split())
        raise WrongSetting("DATABASE_URL", f"names a database that does not answer: {reason}") from None


def run(*, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then let what is running end."""
    uvicorn.run(
        "config.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http=Protocol,
        ws=SocketProtocol,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=10,
        ws_per_message_deflate=False,
        ws_max_size=MAX_FRAME_BYTES,
        timeout_graceful_shutdown=GRACE_SECONDS,
        access_log=False,
        log_config=None,
        server_header=False,
        # The client's address and scheme are taken from a proxy's headers only if the proxy is trusted.
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
        lifespan="on",
    )
