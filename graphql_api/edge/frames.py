"""Frames that a client may send over a socket, checked before they are handled."""

from __future__ import annotations

import json
import time
from typing import Any

from graphql_api.checks.texts import is_unicode
from graphql_api.live.close_codes import BAD_FRAME, TOO_BIG, TOO_MANY

MAX_FRAME = 64 * 1024
MAX_NESTING = 64
#: The fields of each message type: name, type, whether it is required.
FIELDS: dict[str, tuple[tuple[str, type, bool], ...]] = {
    "connection_init": (("payload", dict, False),),
    "ping": (("payload", dict, False),),
    "pong": (("payload", dict, False),),
    "subscribe": (("id", str, True), ("payload", dict, True)),
    "complete": (("id", str, True),),
}
SUBSCRIBE_FIELDS: tuple[tuple[str, type, bool], ...] = (
    ("query", str, True),
    ("variables", dict, False),
    ("operationName", str, False),
    ("extensions", dict, False),
)
MAX_ID = 128


class BadFrame(Exception):
    """The client sent a bad frame; holds the close code and the reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Allowance:
    """A token bucket: a burst of `size` frames, then `rate` frames a second."""

    def __init__(self, size: int = 60, rate: float = 20) -> None:
        self._size, self._rate = size, rate
        self._tokens: float = size
        self._at = time.monotonic()

    def spend(self) -> None:
        """Take one token; refuses with 4429 if there is none."""
        now = time.monotonic()
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            raise BadFrame(TOO_MANY, "Too many messages in a short time")
        self._tokens -= 1


def read_frame(text: str | None) -> dict[str, Any]:
    """Return the message in a frame; raises BadFrame if it is not a message of the protocol."""
    if text is None:
        raise BadFrame(BAD_FRAME, "Messages must be text")
    if len(text) > MAX_FRAME or len(text.encode(errors="replace")) > MAX_FRAME:
        raise BadFrame(TOO_BIG, "A message may have 64 KiB")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame(BAD_FRAME, "Messages must be valid JSON") from None
    if not isinstance(message, dict):
        raise BadFrame(BAD_FRAME, "Messages must be JSON objects")
    _check_nesting(message)
    fields = FIELDS.get(message["type"]) if isinstance(message.get("type"), str) else None
    if fields is None:
        raise BadFrame(BAD_FRAME, "Messages must have a `type` of the protocol")
    _check_fields(message, fields)
    if message["type"] == "subscribe":
        _check_fields(message["payload"], SUBSCRIBE_FIELDS)
    return message


def _check_fields(message: dict[str, Any], fields: tuple[tuple[str, type, bool], ...]) -> None:
    for name, kind, is_required in fields:
        value = message.get(name)
        if value is None and not is_required:
            message.pop(name, None)  # null is the same as a missing field
        elif not isinstance(value, kind):
            raise BadFrame(BAD_FRAME, f"`{name}` of this message must be {_WORDS[kind]}")
        elif name == "id" and not 1 <= len(str(value).encode(errors="replace")) <= MAX_ID:
            raise BadFrame(BAD_FRAME, f"`id` must have 1 to {MAX_ID} characters")
        elif isinstance(value, str) and not is_unicode(value):
            raise BadFrame(BAD_FRAME, f"`{name}` must not hold half a character")
        elif name == "id" and not str(value).isprintable():
            raise BadFrame(BAD_FRAME, "`id` must be printable")


_WORDS: dict[type, str] = {str: "a string", dict: "an object"}


def _check_nesting(value: Any, depth: int = 1) -> None:
    if depth > MAX_NESTING:
        raise BadFrame(BAD_FRAME, "The message is nested too deeply")
    if isinstance(value, dict):
        if not all(map(is_unicode, value)):
            raise BadFrame(BAD_FRAME, "A key of the message is no valid Unicode")
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            _check_nesting(inner, depth + 1)
