"""The push services of browsers: pushes go only to these, whatever address a client gives."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

#: Hosts; a leading dot stands for all subdomains.
PUSH_SERVICES = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    "web.push.apple.com",
)
HTTPS_PORT = 443
#: One label of a host name, between two dots.
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def is_push_service(endpoint: str) -> bool:
    """Return whether the address is a plain HTTPS URL of a known push service."""
    if not endpoint.isascii() or any(character <= " " or character in "\\\x7f" for character in endpoint):
        return False
    try:
        url = urlsplit(endpoint)
        port = url.port
    except ValueError:
        return False
    if url.username is not None or url.password is not None or not url.hostname:
        return False
    if f"{url.scheme}://{url.netloc}" in settings.WEB_PUSH_EXTRA_ORIGINS:
        return True
    return url.scheme == "https" and port in {None, HTTPS_PORT} and _is_known(url.hostname)


@lru_cache(maxsize=4)
def public_key_of(private_key: str) -> str:
    """Return the public half of WEB_PUSH_PRIVATE_KEY, in the form for browsers (`applicationServerKey`)."""
    number = int.from_bytes(urlsafe_b64decode(private_key + "=" * (-len(private_key) % 4)), "big")
    point = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    return urlsafe_b64encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode().rstrip("=")


def _is_known(host: str) -> bool:
    known = any(host.endswith(one) if one.startswith(".") else host == one for one in PUSH_SERVICES)
    return known and all(LABEL.fullmatch(label) for label in host.split("."))
