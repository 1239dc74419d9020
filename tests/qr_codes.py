"""Reading QR codes, and checking the signed code in one, with nothing of this project: as a scanner would do it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def read_image(path: Path) -> str:
    """Return what the one QR code in the picture holds, read by `zbarimg`."""
    if shutil.which("zbarimg") is None and "CI" not in os.environ:
        pytest.skip("needs a program that reads QR codes: apt-get install zbar-tools")
    command = ["zbarimg", "--quiet", "--raw", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    (code,) = said.split()
    return code


def read_bytes(content: bytes, folder: Path) -> str:
    """Return what the one QR code in the picture holds."""
    file = folder / "picture.png"
    file.write_bytes(content)
    return read_image(file)


def check_alone(code: str, pem: str) -> dict[str, Any]:
    """Return the claims of a code that the public key's owner signed; raises ValueError or InvalidSignature."""
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, Ed25519PublicKey)
    head, body, signature = code.split(".")
    key.verify(_decode(signature), f"{head}.{body}".encode())
    claims: dict[str, Any] = json.loads(_decode(body))
    return claims


def _decode(part: str) -> bytes:
    """Decode Base64 for URLs strictly: each value has one spelling."""
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(decoded).decode().rstrip("=") != part:
        raise ValueError("another spelling of the same bytes")
    return decoded
