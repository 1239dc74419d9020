"""Static files, straight from where they are: no collecting, no middleware on the path of the API."""

from __future__ import annotations

from typing import Any

from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from whitenoise import WhiteNoise


def serve_static(application: Any) -> Any:
    """Return an ASGI application that serves `/static/` itself and passes the rest on."""
    files = WsgiToAsgi(_files())

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        is_static = scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL)
        await (files if is_static else application)(scope, receive, send)

    return serve


def _files() -> WhiteNoise:
    prefix = settings.STATIC_URL.strip("/")
    files = WhiteNoise(_not_found, autorefresh=settings.DEBUG, max_age=0 if settings.DEBUG else 3600)
    for storage in AppDirectoriesFinder().storages.values():
        files.add_files(storage.location, prefix=prefix)
    for folder in settings.STATICFILES_DIRS:
        files.add_files(str(folder), prefix=prefix)
    return files


def _not_found(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"There is no such file.\n"]
