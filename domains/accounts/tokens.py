"""Signed tokens: one key per purpose, so that a token for one thing is worthless for another.

Tokens are compact JWTs (HS256). Their keys are derived from SECRET_KEY; those derived from
SECRET_KEY_FALLBACKS still verify, so that a key can be changed without logging anybody out. The key in
a verification mail is Django's own kind of signed text: people read and type it, so it is short.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt
from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from domains.accounts.models import Session

ISSUER = "mishmob"
ALGORITHM = "HS256"
#: Longer texts are refused before anything is parsed.
MAX_TOKEN_LENGTH = 2048
CLOCK_TOLERANCE = timedelta(seconds=5)
VERIFICATION_KEY_LIFETIME = timedelta(days=1)
_VERIFICATION = "mishmob.verify_email"
_NETWORK = "mishmob.known_network"


class Purpose(StrEnum):
    """Purpose of a token; also its audience and the salt of its key."""

    ACCESS = "access"
    REFRESH = "refresh"


class BadToken(Exception):
    """The token is forged, damaged, expired or made for something else."""


@dataclass(frozen=True)
class TokenPair:
    """The tokens that a client gets when a session begins or is refreshed."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


def issue_tokens(session: Session, now: datetime | None = None) -> TokenPair:
    """Return fresh tokens of the session.

    The refresh token depends on the session's row alone, so a second call returns the same text.
    """
    now = now or timezone.now()
    access_expires_at = now + settings.ACCESS_TOKEN_LIFETIME
    refresh_expires_at = session.rotated_at + settings.REFRESH_TOKEN_LIFETIME
    return TokenPair(
        access_token=_sign(Purpose.ACCESS, now, access_expires_at, {"sid": session.pk}),
        access_expires_at=access_expires_at,
        refresh_token=_sign(
            Purpose.REFRESH,
            session.rotated_at,
            refresh_expires_at,
            {"sid": session.pk, "gen": session.generation},
        ),
        refresh_expires_at=refresh_expires_at,
    )


def read_access(token: str) -> int:
    """Return the id of the session that the access token belongs to, or raise BadToken."""
    return int(_read(Purpose.ACCESS, token)["sid"])


def read_refresh(token: str) -> tuple[int, int]:
    """Return the session's id and the generation of the refresh token, or raise BadToken."""
    claims = _read(Purpose.REFRESH, token)
    return int(claims["sid"]), int(claims["gen"])


def verification_key(attempt_id: int) -> str:
    """Return the key that proves the address of an attempt to sign up, valid for a day from now."""
    return signing.TimestampSigner(salt=_VERIFICATION).sign(str(attempt_id))


def read_verification_key(key: str) -> int:
    """Return the id of the attempt that the key from the mail belongs to, or raise BadToken."""
    if len(key) > MAX_TOKEN_LENGTH:
        raise BadToken
    try:
        return int(signing.TimestampSigner(salt=_VERIFICATION).unsign(key, max_age=VERIFICATION_KEY_LIFETIME))
    except signing.BadSignature as error:
        raise BadToken from error


def network_digests(*, email: str, network: str) -> list[str]:
    """Return the keyed hashes under which this account and network may be stored; new rows take the first."""
    secrets = (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))
    value = f"{email} {network}"
    return [salted_hmac(_NETWORK, value, secret, algorithm="sha256").hexdigest()[:32] for secret in secrets]


def _sign(purpose: Purpose, issued_at: datetime, expires_at: datetime, claims: dict[str, Any]) -> str:
    payload = {"iss": ISSUER, "aud": purpose.value, "iat": issued_at, "exp": expires_at, **claims}
    key = _key(settings.SECRET_KEY, purpose)
    return jwt.encode(payload, key, algorithm=ALGORITHM, headers={"typ": f"{purpose.value}+jwt"})


def _read(purpose: Purpose, token: str) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_LENGTH:
        raise BadToken
    required = ["exp", "iat", "iss", "aud", "sid"] + (["gen"] if purpose is Purpose.REFRESH else [])
    for secret in (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)):
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                _key(secret, purpose),
                algorithms=[ALGORITHM],
                audience=purpose.value,
                issuer=ISSUER,
                leeway=CLOCK_TOLERANCE,
                options={"require": required},
            )
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, RecursionError, ValueError) as error:
            raise BadToken from error
        if all(isinstance(claims[name], int) for name in required if name in {"sid", "gen"}):
            return claims
        raise BadToken
    raise BadToken


def _key(secret: str, purpose: Purpose) -> bytes:
    return hmac.new(secret.encode(), f"mishmob.{purpose.value}".encode(), hashlib.sha256).digest()
