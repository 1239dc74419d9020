"""Encryption of secrets in the database, which a copy of it alone does not reveal.

Fernet (AES and HMAC), with one key per purpose. The keys are derived from SECRET_KEY; texts that were encrypted with a
key from SECRET_KEY_FALLBACKS can still be decrypted.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Undecipherable(Exception):
    """The text was damaged, or encrypted for another purpose or with a key that this server no longer has."""


def encrypt(purpose: str, text: str) -> str:
    """Return the text, encrypted for this purpose."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(purpose: str, encrypted: str) -> str:
    """Return what `encrypt` encrypted for this purpose, or raise Undecipherable."""
    try:
        return _cipher(purpose).decrypt(encrypted).decode()
    except InvalidToken as error:
        raise Undecipherable from error


def _cipher(purpose: str) -> MultiFernet:
    secrets = (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))
    return MultiFernet([_fernet(secret, purpose) for secret in secrets])


@lru_cache(maxsize=64)
def _fernet(secret: str, purpose: str) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mishmob.encryption.{purpose}".encode())
    return Fernet(urlsafe_b64encode(derive.derive(secret.encode())))
