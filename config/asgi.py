"""The ASGI application: requests to Django, sockets to the GraphQL consumer, and the in-process worker."""

from __future__ import annotations

import asyncio
import gc
import os
from typing import Any

from config import env

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    os.environ["DJANGO_SETTINGS_MODULE"] = env.settings_module()

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

#: Objects made before a collection of the young; such collections before one of the middle-aged, and of the old. By
#: default it is 700, and a list of a hundred opportunities makes twenty of the young. The rows of a list hold each
#: other in circles, with their texts: they stay until the old are collected, so that must not be rare. It costs little,
#: because what the server is made of was left out (see below).
GC_THRESHOLDS = (2_000, 5, 2)

django_application = get_asgi_application()

# Only now can models be imported.
from config.background import Background
from config.health import serve_health
from config.static import serve_static
from domains.base import live
from graphql_api.edge.bodies import limit_bodies
from graphql_api.edge.sockets import socket_application


def _reduce_garbage_collection() -> None:
    """Leave what was made by now, for good, out of garbage collections, which then take none of anybody's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


class Lifespan:
    """Passes everything on, and starts and stops what lives as long as the server."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.background = Background(is_embedded=not settings.REDIS_URL)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one scope of the server."""
        if scope["type"] != "lifespan":
            await self.application(scope, receive, send)
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                live.set_server_loop(asyncio.get_running_loop())
                await asyncio.to_thread(self.background.start)
                _reduce_garbage_collection()
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self.background.stop)
                live.set_server_loop(None)
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Lifespan(
    ProtocolTypeRouter(
        {"http": limit_bodies(serve_health(serve_static(django_application))), "websocket": socket_application}
    )
)
