"""Signed statements that anybody can check: compact JWS (EdDSA over Ed25519), one key pair per purpose.

The private keys are derived from SECRET_KEY, so there is no key file to keep. Those derived from SECRET_KEY_FALLBACKS
still verify: change the secret, keep the old one as a fallback, and earlier signatures stay valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from jwt.utils import base64url_decode, base64url_encode

ALGORITHM = "EdDSA"
#: Longer texts are refused before anything is parsed.
MAX_TOKEN_LENGTH = 64 * 1024


class BadSignature(Exception):
    """The text is forged, damaged, signed for something else, or by a key that this server no longer has."""


@dataclass(frozen=True)
class PublicKey:
    """A public key, as PEM and with its key id."""

    #: The key's thumbprint (RFC 7638), which each header names.
    kid: str
    #: SubjectPublicKeyInfo in PEM.
    pem: str
    jwk: dict[str, str]


def sign(purpose: str, claims: dict[str, Any]) -> str:
    """Return the claims as a compact JWS whose header names its type and its key."""
    private = _private_key(settings.SECRET_KEY, purpose)
    headers = {"typ": f"{purpose}+jwt", "kid": _public(settings.SECRET_KEY, purpose).kid}
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers=headers)


def read(purpose: str, token: str) -> dict[str, Any]:
    """Return the claims of what `sign` made for this purpose, or raise BadSignature.

    The caller checks whether they are still true (times, revocation).
    """
    key = find_key(purpose, token)
    if key is None or len(token) > MAX_TOKEN_LENGTH or not _is_canonical(token):
        raise BadSignature
    checks = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        found = jwt.decode_complete(token, key.pem, algorithms=[ALGORITHM], options=checks)  # type: ignore[arg-type]
    except (jwt.PyJWTError, RecursionError, ValueError) as error:
        raise BadSignature from error
    if found["header"].get("typ") != f"{purpose}+jwt":
        raise BadSignature
    claims: dict[str, Any] = found["payload"]
    return claims


def public_key(purpose: str) -> PublicKey:
    """Return the public half of the key that `sign` uses now."""
    return _public(settings.SECRET_KEY, purpose)


def find_key(purpose: str, token: str) -> PublicKey | None:
    """Return the public key that the token names, if it is one of ours for this purpose."""
    try:
        kid = jwt.get_unverified_header(token[:MAX_TOKEN_LENGTH]).get("kid")
    except (jwt.PyJWTError, RecursionError, ValueError):
        return None
    secrets = (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))
    return next((key for secret in secrets if (key := _public(secret, purpose)).kid == kid), None)


def _is_canonical(token: str) -> bool:
    """Return whether the signature has the only spelling that `sign` makes.

    The last character of a signature has unused bits, and a decoder skips characters outside its alphabet: without this
    check, a token with another last character would be read, too.
    """
    signature = token.rpartition(".")[2]
    return base64url_encode(base64url_decode(signature)).decode() == signature


@lru_cache(maxsize=64)
def _private_key(secret: str, purpose: str) -> Ed25519PrivateKey:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mishmob.ed25519.{purpose}".encode())
    return Ed25519PrivateKey.from_private_bytes(derive.derive(secret.encode()))


@lru_cache(maxsize=64)
def _public(secret: str, purpose: str) -> PublicKey:
    public = _private_key(secret, purpose).public_key()
    x = base64url_encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    digest = Hash(SHA256())
    # The members that RFC 7638 names, in its order and without spaces.
    digest.update(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode())
    kid = base64url_encode(digest.finalize()).decode()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "alg": ALGORITHM, "use": "sig"}
    return PublicKey(kid=kid, pem=pem, jwk=jwk)
