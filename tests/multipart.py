"""Multipart bodies made by hand: what a client's library would not send, and what it would."""

from __future__ import annotations

import json
from typing import Any

BOUNDARY = "a-boundary-of-the-tests"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
UPLOAD = """
mutation UploadResume($input: UploadResumeInput!) {
  uploadResume(input: $input) {
    __typename
    ... on Resume { originalName status }
    ... on OperationInfo { messages { code field message } }
  }
}"""
#: The smallest request that hands in a file, but for the file.
OPERATION = {"query": UPLOAD, "variables": {"input": {"resume": None}}}
PLACE = ["variables.input.resume"]


def field(name: str, value: Any, *headers: bytes) -> bytes:
    """Return a part that is no file; what is not bytes goes as JSON."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return _part(b'form-data; name="%s"' % name.encode(), content, *headers)


def file(content: bytes = b"First aid.", *headers: bytes, field: str = "0", name: bytes = b"cv.txt") -> bytes:
    """Return a part that is a file."""
    return _part(b'form-data; name="%s"; filename="%s"' % (field.encode(), name), content, *headers)


def body(*parts: bytes) -> bytes:
    """Return the whole."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def request(*files: bytes, operations: Any = OPERATION, map: Any = None) -> bytes:
    """Return a request for one file, or for those given."""
    places = {"0": PLACE} if map is None else map
    return body(field("operations", operations), field("map", places), *(files or (file(),)))


def _part(disposition: bytes, content: bytes, *headers: bytes) -> bytes:
    lines = [b"--" + BOUNDARY.encode(), b"Content-Disposition: " + disposition, *headers, b"", content, b""]
    return b"\r\n".join(lines)
