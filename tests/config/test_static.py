"""Static files: served with their type, revalidated, and nothing beside them."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from config.static import serve_static


async def get(path: str, **headers: str) -> tuple[int, dict[bytes, bytes], bytes]:
    async def django(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("Django was asked")

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": given}
    application = ApplicationCommunicator(serve_static(django), scope)
    start = await application.receive_output(5)
    body = await application.receive_output(5)
    return start["status"], dict(start["headers"]), body["body"]


async def test_files_of_the_pages_and_of_the_admin_are_served() -> None:
    status, headers, body = await get("/static/front_page.css")
    assert (status, headers[b"content-type"].split(b";")[0]) == (200, b"text/css")
    assert b"{" in body
    assert (await get("/static/admin/css/base.css"))[0] == 200


async def test_a_file_that_did_not_change_is_not_sent_again() -> None:
    _, headers, _ = await get("/static/front_page.css")
    status, _, body = await get("/static/front_page.css", if_modified_since=headers[b"last-modified"].decode())
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/static/none.css", "/static/../manage.py", "/static/%2e%2e/manage.py", "/static/"])
async def test_nothing_else_is(path: str) -> None:
    assert (await get(path))[0] == 404
