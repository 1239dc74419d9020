"""Requests to providers of log-ins: over https, to where they were addressed, and bounded in time and size."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import requests
import urllib3
from django.conf import settings
from django.core.cache import caches
from django.db import connection

logger = logging.getLogger(__name__)
CONNECT_TIMEOUT, READ_TIMEOUT, WHOLE_TIMEOUT = 3, 5, 8
MAX_RESPONSE_BYTES = 256 * 1024
ASK_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
#: What everybody may read, such as a provider's keys, is read again after this many seconds and no sooner, whatever
#: keys the tokens name; while the provider does not answer, the last copy serves for a day.
FRESH_SECONDS, STALE_SECONDS = 30, 24 * 3600
#: One request at a time for each document.
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@dataclass(frozen=True)
class Document:
    """A public document of a provider, and when it was read, and asked for, last."""

    content: bytes = b""
    read_at: float = 0.0
    asked_at: float = 0.0


class ProviderSession(requests.Session):
    """The session in which django-allauth asks providers.

    Raises `requests.RequestException` if the provider does not answer in time, or answers with more than
    MAX_RESPONSE_BYTES or with a redirect.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = lambda request: request  # and no `.netrc`

    def request(self, method: str | bytes, url: str | bytes, **kwargs: Any) -> requests.Response:  # type: ignore[override] # allauth names all
        """Send the request; a public document comes from this process's cache while it is fresh."""
        address = str(url)
        is_public = method == "GET" and not any(kwargs.get(name) for name in ("params", "headers", "data", "auth"))
        return self._read_document(address) if is_public else self._send(str(method), address, **kwargs)

    def fetch(self, url: str) -> bytes:
        """Return what is at the address, read anew."""
        response = self._send("GET", url)
        response.raise_for_status()
        return bytes(response.content)

    def _read_document(self, url: str) -> requests.Response:
        with _locks[url]:
            document = caches["local"].get(f"provider:{url}") or Document()
            now = time.time()
            if now - document.asked_at > FRESH_SECONDS:
                document = self._renew(url, replace(document, asked_at=now))
                caches["local"].set(f"provider:{url}", document, timeout=STALE_SECONDS)
        if now - document.read_at > STALE_SECONDS:
            raise requests.ConnectionError(f"the provider did not answer a moment ago: {url}")
        kept = requests.Response()
        kept.status_code, kept.url, kept._content = HTTPStatus.OK, url, document.content
        return kept

    def _renew(self, url: str, document: Document) -> Document:
        """Return the document as it is now, or the old one if the provider does not send one."""
        try:
            content = self.fetch(url)
            json.loads(content).items()
        except (requests.RequestException, ValueError, AttributeError) as error:
            logger.warning("the provider's document %s could not be read: %s", url, type(error).__name__)
            return document
        return Document(content, read_at=document.asked_at, asked_at=document.asked_at)

    def _send(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        if not connection.in_atomic_block:
            connection.close()  # nobody else waits for the connection meanwhile
        kwargs |= {"allow_redirects": False, "stream": True, "timeout": (CONNECT_TIMEOUT, READ_TIMEOUT)}
        with super().request(method, self._address(url), **kwargs) as response:
            response._content = _read_bounded(response)
            response._content_consumed = True  # type: ignore[attr-defined] # not in the stubs
        if response.is_redirect:
            raise requests.TooManyRedirects("a provider answered with a redirect")
        if response.status_code in ASK_LATER or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise requests.ConnectionError(f"a provider answered with {response.status_code}")
        return response

    def _address(self, url: str) -> str:
        """Return the address to ask: the provider's, or that of its stand-in in tests."""
        for origin, stand_in in settings.LOG_IN_STAND_INS.items():
            if url.startswith((f"{origin}/", f"{stand_in}/")):
                self.trust_env = False  # no proxy leads to this machine itself
                return str(stand_in) + url.removeprefix(origin).removeprefix(stand_in)
        if not url.startswith("https://"):
            raise requests.exceptions.InvalidURL(f"a provider is asked over https only: {url}")
        return url


def _read_bounded(response: requests.Response) -> bytes:
    ends, content = time.monotonic() + WHOLE_TIMEOUT, bytearray()
    try:
        while chunk := response.raw.read1(decode_content=True):
            content += chunk
            if len(content) > MAX_RESPONSE_BYTES or time.monotonic() > ends:
                raise requests.exceptions.ContentDecodingError("a provider's answer is too long, or takes too long")
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(error) from error
    return bytes(content)
