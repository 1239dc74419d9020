"""How the server is run: one process of uvicorn, the same for development and production."""

from __future__ import annotations

import uvicorn
from django.conf import settings

#: How long running requests may take to end after SIGTERM.
GRACE_SECONDS = 5
PING_SECONDS = 25
#: What is buffered of one frame before the socket is closed; the API's own limit is half of it.
MAX_FRAME_BYTES = 128 * 1024


def run(*, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then let what is running end."""
    uvicorn.run(
        "config.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
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
