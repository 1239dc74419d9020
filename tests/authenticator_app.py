"""An authenticator app, as on a phone: RFC 6238 with SHA-1, six digits and steps of 30 seconds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


def code_of(secret: str, *, ahead: int = 0) -> str:
    """Return the code that the app shows now, or will show `ahead` steps later."""
    step = int(time.time()) // STEP_SECONDS + ahead
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"
