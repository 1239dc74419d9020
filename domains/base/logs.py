"""Log lines carry the id of the request they belong to."""

from __future__ import annotations

import logging
import re
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


#: Paths that end in a bearer token.
_BEARER_PATH = re.compile(
    r"(/(?:attachments|pictures|exports|uploads|notifications/unsubscribe|tickets|calendar/feeds)/)[^\s?/]+"
)


class RequestId(logging.Filter):
    """Adds `request_id` to each record, and removes bearer tokens from its paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with the id of its request."""
        record.request_id = _current.get()
        if isinstance(record.args, tuple):
            record.args = tuple(_BEARER_PATH.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True
