"""The cache that all processes share, in Redis; while it is away, hardly anybody waits for it.

Who uses it can do without: rates are counted in the process, what is kept is found out anew. A Redis that hangs must
not make each of them find that out by waiting.
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

#: Seconds that one command may take, and for which nobody asks again after one that failed.
PATIENCE = 1.0
REST = 5.0


class RedisWithBackoff(Redis):
    """A client that leaves a Redis alone for a while after it did not answer."""

    #: When it may be asked again, of this process; 0 while it answers.
    _rests_until: ClassVar[float] = 0.0
    _mutex: ClassVar = threading.Lock()

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Ask, unless Redis did not answer a moment ago; raises NoConnection and NoAnswer."""
        RedisWithBackoff._refuse_while_it_rests()
        try:
            answer = super().execute_command(*args, **options)
        except MaxConnectionsError:
            raise  # it is this process that has no connection left; Redis is well
        except (NoConnection, NoAnswer):
            RedisWithBackoff._rests_until = time.monotonic() + REST
            raise
        RedisWithBackoff._rests_until = 0.0
        return answer

    @classmethod
    def _refuse_while_it_rests(cls) -> None:
        """Let one ask when the rest is over, and all others only once that one has got an answer."""
        with cls._mutex:
            now = time.monotonic()
            if now < RedisWithBackoff._rests_until:
                raise NoConnection("Redis did not answer a moment ago and is left alone")
            if RedisWithBackoff._rests_until:
                RedisWithBackoff._rests_until = now + REST


class _Client(RedisCacheClient):
    #: By server and PATIENCE, the connections of this process. Django makes a client for each request, and would open
    #: a connection for each.
    _shared_pools: ClassVar[dict[tuple[Any, float], dict[int, Any]]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        # A connection that was cut meanwhile is opened anew; an answer that does not come is not awaited again.
        retry = Retry(NoBackoff(), 1, supported_errors=(NoConnection,))
        super().__init__(*args, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=retry, **options)
        self._client = RedisWithBackoff
        servers = tuple(self._servers)  # type: ignore[attr-defined] # the stubs do not know it
        self._pools = self._shared_pools.setdefault((servers, PATIENCE), {})


class SharedCache(RedisCache):
    """Django's cache in Redis, with that client."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def run_script(self, script: str, key: str, *arguments: float) -> Any:
        """Run a Lua script on one key of the cache; nothing else happens in Redis meanwhile."""
        name = self.make_and_validate_key(key)
        client = self._cache.get_client(name, write=True)
        return client.register_script(script)(keys=[name], args=arguments)
