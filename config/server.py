"""Running the server: one uvicorn process, the same for development and production."""

from __future__ import annotations

import fcntl
import io
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis
import uvicorn
from django.conf import settings
from django.db import OperationalError, connection

from config.env import AlreadyRunning, WrongSetting
from config.http import Protocol
from config.sockets import Protocol as SocketProtocol

#: How long running requests may take to end after SIGTERM.
SHUTDOWN_GRACE_SECONDS = 5
PING_INTERVAL_SECONDS = 25
#: How much of one frame is buffered before the socket is closed; the API's own limit is half of it.
MAX_FRAME_BYTES = 128 * 1024
#: Addresses that mean all addresses of the machine.
WILDCARD_ADDRESSES = frozenset({"0.0.0.0", "::"})  # noqa: S104 - it is asked for by HOST


def check_port(*, host: str, port: int) -> None:
    """Stop with one sentence if the server cannot listen there: the port is taken, or the address is not local."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise WrongSetting("HOST", f"is {host}, which is no address of this machine.") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise WrongSetting("PORT", f"is {port}, and one cannot listen there on {host}: {error.strerror}.") from None


def local_address(host: str) -> str:
    """Return the address that reaches, from this machine, a server that listens on `host`."""
    if host in WILDCARD_ADDRESSES:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def network_address(host: str) -> str | None:
    """Return the address by which phones and containers reach the server, or None if they cannot."""
    if host not in WILDCARD_ADDRESSES:
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # No packet is sent: the system only chooses the source address.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return address


def allow_host(address: str) -> None:
    """Accept requests to this address, too, and in development requests from pages at any of its ports."""
    settings.ALLOWED_HOSTS.append(address)
    if settings.DEBUG:
        settings.CORS_ALLOWED_ORIGIN_REGEXES.append(rf"^http://{re.escape(address)}(:\d+)?$")


def enable_line_buffering() -> None:
    """Flush every line at once, also to a pipe or a file."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)


@contextmanager
def hold_server_lock(lock: Path, *, address: str) -> Iterator[None]:
    """Hold the lock as the server at this address, or stop with one sentence if another process holds it.

    The system releases the lock when the process ends, even after a crash.
    """
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise AlreadyRunning(lock.parent, file.read().strip()) from None
        file.truncate(0)
        file.write(f"{address}, process {os.getpid()}")
        file.flush()
        yield


def check_redis() -> None:
    """Stop with one sentence if REDIS_URL is set and Redis does not answer."""
    if not settings.REDIS_URL:
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        reason = " ".join(str(error).split())
        raise WrongSetting("REDIS_URL", f"names a Redis that does not answer: {reason}") from None


def find_warnings() -> list[str]:
    """Return what an operator should know at the start, a sentence each."""
    warnings = []
    if not settings.DEBUG and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        warnings.append("EMAIL_URL is not set, so mails go to this console and nobody gets the keys that are in them.")
    return warnings


def check_database() -> None:
    """Stop with one sentence if the database does not answer; the pool would wait and log many lines."""
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
    """Serve until SIGTERM or SIGINT, then wait for running requests."""
    uvicorn.run(
        "config.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http=Protocol,
        ws=SocketProtocol,
        ws_ping_interval=PING_INTERVAL_SECONDS,
        ws_ping_timeout=10,
        ws_per_message_deflate=False,
        ws_max_size=MAX_FRAME_BYTES,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_SECONDS,
        access_log=False,
        log_config=None,
        server_header=False,
        # The client's address and scheme are taken from a proxy's headers only if the proxy is trusted.
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
        lifespan="on",
    )
