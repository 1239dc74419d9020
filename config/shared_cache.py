"""The cache that all processes share, in Redis; while Redis is down, few callers wait for it.

Its callers can work without it: rates are counted in the process, and cached answers are computed anew. If Redis
hangs, only one caller at a time should wait for the timeout.
"""

from __future__ import annotations

import threading
import time
from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import MaxConnectionsError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

#: Timeout of one command, and the pause after a command that failed, in seconds.
COMMAND_TIMEOUT_SECONDS = 1.0
BACKOFF_SECONDS = 5.0


class RedisWithBackoff(Redis):
    """A client that sends Redis no commands for a while after it did not answer."""

    #: When this process may send commands again; 0 while Redis answers.
    _backoff_until: ClassVar[float] = 0.0
    _mutex: ClassVar = threading.Lock()

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run the command, unless Redis did not answer a moment ago; raises NoConnection and NoAnswer."""
        RedisWithBackoff._refuse_during_backoff()
        try:
            answer = super().execute_command(*args, **options)
        except MaxConnectionsError:
            raise  # this process has no connection left; Redis works
        except (NoConnection, NoAnswer):
            RedisWithBackoff._backoff_until = time.monotonic() + BACKOFF_SECONDS
            raise
        RedisWithBackoff._backoff_until = 0.0
        return answer

    @classmethod
    def _refuse_during_backoff(cls) -> None:
        """After the pause, let one caller try, and all others only once that caller has got an answer."""
        with cls._mutex:
            now = time.monotonic()
            if now < RedisWithBackoff._backoff_until:
                raise NoConnection("Redis did not answer a moment ago and is left alone")
            if RedisWithBackoff._backoff_until:
                RedisWithBackoff._backoff_until = now + BACKOFF_SECONDS


class _Client(RedisCacheClient):
    #: The connection pools of this process, by server and COMMAND_TIMEOUT_SECONDS. Django makes a client for each
    #: request, and would open a connection for each.
    _shared_pools: ClassVar[dict[tuple[Any, float], dict[int, Any]]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        # Retries a connection that was closed meanwhile, but not a command that timed out.
        retry = Retry(NoBackoff(), 1, supported_errors=(NoConnection,))
        super().__init__(
            *args,
            socket_timeout=COMMAND_TIMEOUT_SECONDS,
            socket_connect_timeout=COMMAND_TIMEOUT_SECONDS,
            retry=retry,
            **options,
        )
        self._client = RedisWithBackoff
        servers = tuple(self._servers)  # type: ignore[attr-defined] # the stubs do not know it
        self._pools = self._shared_pools.setdefault((servers, COMMAND_TIMEOUT_SECONDS), {})


class SharedCache(RedisCache):
    """Django's cache in Redis, with that client."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def run_script(self, script: str, key: str, *arguments: float) -> Any:
        """Run a Lua script on one key of the cache, atomically."""
        name = self.make_and_validate_key(key)
        client = self._cache.get_client(name, write=True)
        return client.register_script(script)(keys=[name], args=arguments)
