"""Log lines carry the id of the request they belong to."""

from __future__ import annotations

import logging
import uuid
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="-")


def begin_request() -> str:
    """Give the current request a new id, put it on all log lines from here, and return it."""
    request_id = uuid.uuid4().hex[:16]
    _current.set(request_id)
    return request_id


def current_request_id() -> str:
    """Return the id of the current request, or `-` outside one."""
    return _current.get()


class RequestId(logging.Filter):
    """Adds `request_id` to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with the id of its request on it."""
        record.request_id = _current.get()
        return True
