"""Opaque ids: the encrypted key of a row, so that clients cannot enumerate the rows.

An id is one block of AES: a keyed permutation, so it needs no column, costs no statement, and is the same each time.
The block holds the row's key behind zeros; a text that decrypts to something else is no id of this server. Ids made
with a key in SECRET_KEY_FALLBACKS can still be read.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from string import ascii_letters, digits

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

BLOCK_BYTES = 16
#: How many bytes hold the row's key.
KEY_BYTES = 8
#: Length of an id: a block in Base64 without its padding.
ID_LENGTH = 22
_ALPHABET = frozenset(f"{ascii_letters}{digits}-_")


def seal(kind: str, key: int) -> str:
    """Return the id of the row with this key; each kind of row has ids of its own."""
    encryptor = _cipher(settings.SECRET_KEY, kind).encryptor()
    block = encryptor.update(key.to_bytes(BLOCK_BYTES)) + encryptor.finalize()
    return urlsafe_b64encode(block).decode().rstrip("=")


def unseal(kind: str, sealed: str) -> int | None:
    """Return the key of the row with this id, or None if it is no id of this kind."""
    if len(sealed) != ID_LENGTH:
        return None
    block = urlsafe_b64decode(f"{sealed}==") if _ALPHABET.issuperset(sealed) else b""
    # The last character has spare bits; only one spelling of an id is accepted.
    if urlsafe_b64encode(block).decode().rstrip("=") != sealed:
        return None
    for secret in (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)):
        decryptor = _cipher(secret, kind).decryptor()
        opened = decryptor.update(block) + decryptor.finalize()
        if not any(opened[:-KEY_BYTES]):
            return int.from_bytes(opened)
    return None


@lru_cache(maxsize=64)
def _cipher(secret: str, kind: str) -> Cipher[ECB]:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mishmob.ids.{kind}".encode())
    return Cipher(AES256(derive.derive(secret.encode())), ECB())  # noqa: S305 - one block, so there is no mode to speak of
