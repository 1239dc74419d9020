"""Static files, served from their source folders: no collectstatic, and no middleware in the API's path."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from whitenoise import WhiteNoise

NOT_FOUND = 404, [("Content-Type", "text/plain")], b"There is no such file.\n"


def serve_static(application: Any) -> Any:
    """Return an ASGI application that serves `/static/` itself and passes the rest on."""
    files = _collect_files()

    def answer(method: str, path: str, headers: dict[str, str]) -> tuple[int, list[tuple[str, str]], bytes]:
        file = files.find_file(path) if files.autorefresh else files.files.get(path)
        if file is None:
            return NOT_FOUND
        response = file.get_response(method, headers)
        if response.file is None:
            return response.status, response.headers, b""
        with response.file:
            return response.status, response.headers, response.file.read()

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(settings.STATIC_URL):
            await application(scope, receive, send)
            return
        given = {
            f"HTTP_{name.decode().upper().replace('-', '_')}": value.decode("latin1")
            for name, value in scope["headers"]
        }
        status, headers, body = await sync_to_async(answer, thread_sensitive=False)(
            scope["method"], scope["path"], given
        )
        sent = [(name.lower().encode(), value.encode("latin1")) for name, value in headers]
        await send({"type": "http.response.start", "status": int(status), "headers": sent})
        await send({"type": "http.response.body", "body": body})

    return serve


def _collect_files() -> WhiteNoise:
    prefix = settings.STATIC_URL.strip("/")
    files = WhiteNoise(None, autorefresh=settings.DEBUG, max_age=0 if settings.DEBUG else 3600)
    for storage in AppDirectoriesFinder().storages.values():
        files.add_files(storage.location, prefix=prefix)
    for folder in settings.STATICFILES_DIRS:
        files.add_files(str(folder), prefix=prefix)
    return files
