"""Signed tokens: one key per purpose, so that a token for one thing is worthless for another.

Tokens are compact JWTs (HS256). Their keys are derived from SECRET_KEY; those derived from
SECRET_KEY_FALLBACKS still verify, so that a key can be changed without logging anybody out. `kid` in the header names
the key. The key in a mail is Django's own kind of signed text: people read and type it, so it is short.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt
from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from domains.accounts.models import PictureSize, Session, User
from domains.base import keyed_ids

ISSUER = "mishmob"
ALGORITHM = "HS256"
#: Longer texts are refused before anything is parsed.
MAX_TOKEN_LENGTH = 2048
CLOCK_TOLERANCE = timedelta(seconds=5)
PICTURE_LINK_LIFETIME = EXPORT_LINK_LIFETIME = timedelta(minutes=5)
UPLOAD_LINK_LIFETIME = timedelta(minutes=15)
_NETWORK, _PICTURE = "mishmob.known_network", "mishmob.picture"


class Purpose(StrEnum):
    """Purpose of a token; also its audience and the salt of its key."""

    ACCESS = "access"
    REFRESH = "refresh"
    MFA = "mfa"


class KeyPurpose(StrEnum):
    """Purpose of a key that a mail carries; also its salt."""

    VERIFY_EMAIL = "mishmob.verify_email"
    CHANGE_EMAIL = "mishmob.change_email"
    RESET_PASSWORD = "mishmob.reset_password"  # noqa: S105 # a purpose


#: How long the key of each purpose works, from when the mail was written.
KEY_LIFETIMES = {
    KeyPurpose.VERIFY_EMAIL: timedelta(days=1),
    KeyPurpose.CHANGE_EMAIL: timedelta(days=1),
    KeyPurpose.RESET_PASSWORD: timedelta(hours=1),
}


#: How long a log-in waits for its second factor.
CHALLENGE_LIFETIME = timedelta(minutes=5)
#: The claims that a token of each purpose carries besides those of all, with their types.
_CLAIMS: dict[Purpose, dict[str, type]] = {
    Purpose.ACCESS: {"sid": int},
    Purpose.REFRESH: {"sid": int, "gen": int},
    Purpose.MFA: {"sub": str, "pwd": str, "device": str},
}


class BadToken(Exception):
    """The token is forged, damaged, expired or made for something else."""


@dataclass(frozen=True)
class TokenPair:
    """The tokens that a client gets when a session begins or is refreshed."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True)
class Challenge:
    """A log-in that waits for its second factor."""

    user_id: int
    #: The digest that `User.get_session_auth_hash` gave: with another password, the challenge is over.
    password_digest: str
    device_name: str


def issue_tokens(session: Session, now: datetime | None = None) -> TokenPair:
    """Return fresh tokens of the session.

    The refresh token depends on the session's row alone, so a second call returns the same text.
    """
    now = now or timezone.now()
    access_expires_at = now + settings.ACCESS_TOKEN_LIFETIME
    refresh_expires_at = session.rotated_at + settings.REFRESH_TOKEN_LIFETIME
    return TokenPair(
        access_token=_sign(
            Purpose.ACCESS,
            session.user_id,
            (now, access_expires_at),
            {"sid": session.pk, "jti": secrets.token_urlsafe(12)},
        ),
        access_expires_at=access_expires_at,
        refresh_token=_sign(
            Purpose.REFRESH,
            session.user_id,
            (session.rotated_at, refresh_expires_at),
            {"sid": session.pk, "jti": f"{session.pk}.{session.generation}", "gen": session.generation},
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


def issue_challenge(user: User, device_name: str) -> str:
    """Return the token with which a log-in of this person is completed, valid from now for CHALLENGE_LIFETIME."""
    now = timezone.now()
    claims = {"pwd": user.get_session_auth_hash(), "device": device_name, "jti": secrets.token_urlsafe(12)}
    return _sign(Purpose.MFA, user.pk, (now, now + CHALLENGE_LIFETIME), claims)


def read_challenge(token: str) -> Challenge:
    """Return what `issue_challenge` signed, or raise BadToken."""
    claims = _read(Purpose.MFA, token)
    user_id = keyed_ids.unseal("User", claims["sub"])
    if user_id is None:
        raise BadToken
    return Challenge(user_id, claims["pwd"], claims["device"])


def sign_key(purpose: KeyPurpose, row_id: int) -> str:
    """Return the key for a mail about the row, valid from now."""
    return signing.TimestampSigner(salt=purpose.value).sign(str(row_id))


def read_key(purpose: KeyPurpose, key: str) -> int:
    """Return the id of the row that the key from a mail belongs to, or raise BadToken."""
    if len(key) > MAX_TOKEN_LENGTH:
        raise BadToken
    try:
        return int(signing.TimestampSigner(salt=purpose.value).unsign(key, max_age=KEY_LIFETIMES[purpose]))
    except signing.BadSignature as error:
        raise BadToken from error


def sign_picture_link(user_id: int, size: PictureSize) -> str:
    """Return the token of a link to the person's picture, valid for four to five minutes.

    Links of one minute are the same, so that a browser keeps the picture.
    """
    return _PictureSigner(salt=_PICTURE).sign(f"{keyed_ids.seal('ProfilePicture', user_id)}.{size.value}")


def read_picture_link(token: str) -> tuple[int, PictureSize]:
    """Return whose picture the link shows, and in which size, or raise BadToken."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise BadToken
    try:
        sealed, _, size = _PictureSigner(salt=_PICTURE).unsign(token, max_age=PICTURE_LINK_LIFETIME).partition(".")
        user_id = keyed_ids.unseal("ProfilePicture", sealed)
    except signing.BadSignature as error:
        raise BadToken from error
    if user_id is None:
        raise BadToken
    return user_id, PictureSize(int(size))


def sign_upload_link(upload_id: int) -> str:
    """Return the token of the address that a file is sent to, valid for UPLOAD_LINK_LIFETIME."""
    return _sign_link("Upload", upload_id)


def read_upload_link(token: str) -> int:
    """Return the id of the upload that may be sent to this address, or raise BadToken."""
    return _read_link("Upload", token, UPLOAD_LINK_LIFETIME)


def sign_export_link(export_id: int) -> str:
    """Return the token of a link to an export, valid for EXPORT_LINK_LIFETIME."""
    return _sign_link("DataExport", export_id)


def read_export_link(token: str) -> int:
    """Return the id of the export that the link leads to, or raise BadToken."""
    return _read_link("DataExport", token, EXPORT_LINK_LIFETIME)


def _sign_link(name: str, row_id: int) -> str:
    return signing.TimestampSigner(salt=f"mishmob.{name.lower()}").sign(keyed_ids.seal(name, row_id))


def _read_link(name: str, token: str, lifetime: timedelta) -> int:
    if len(token) > MAX_TOKEN_LENGTH:
        raise BadToken
    try:
        sealed = signing.TimestampSigner(salt=f"mishmob.{name.lower()}").unsign(token, max_age=lifetime)
    except signing.BadSignature as error:
        raise BadToken from error
    row_id = keyed_ids.unseal(name, sealed)
    if row_id is None:
        raise BadToken
    return row_id


class _PictureSigner(signing.TimestampSigner):
    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) // 60 * 60)


def network_digests(*, email: str, network: str) -> list[str]:
    """Return the keyed hashes under which this account and network may be stored; new rows take the first."""
    secrets = (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))
    value = f"{email} {network}"
    return [salted_hmac(_NETWORK, value, secret, algorithm="sha256").hexdigest()[:32] for secret in secrets]


def _sign(purpose: Purpose, user_id: int, valid: tuple[datetime, datetime], claims: dict[str, Any]) -> str:
    payload = {
        "iss": ISSUER,
        "aud": purpose.value,
        "sub": keyed_ids.seal("User", user_id),
        "iat": valid[0],
        "exp": valid[1],
        **claims,
    }
    kid, key = next(iter(_keys(purpose).items()))
    return jwt.encode(payload, key, algorithm=ALGORITHM, headers={"typ": f"{purpose.value}+jwt", "kid": kid})


def _read(purpose: Purpose, token: str) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_LENGTH:
        raise BadToken
    own = _CLAIMS[purpose]
    try:
        claims = _verify(purpose, token, ["exp", "iat", "iss", "aud", *own])
    except (jwt.PyJWTError, RecursionError, ValueError) as error:
        raise BadToken from error
    if not all(isinstance(claims[name], kind) for name, kind in own.items()):
        raise BadToken
    return claims


def _verify(purpose: Purpose, token: str, required: list[str]) -> dict[str, Any]:
    """Return the claims; only keys of this server count, and only the one that `kid` names.

    Tokens from before there was a `kid` are tried with each key, until the last of them has expired.
    """
    keys = _keys(purpose)
    kid = jwt.get_unverified_header(token).get("kid")
    for key in keys.values() if kid is None else [keys[kid]] if kid in keys else []:
        with suppress(jwt.InvalidSignatureError):
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=purpose.value,
                issuer=ISSUER,
                leeway=CLOCK_TOLERANCE,
                options={"require": required},
            )
            return claims
    raise BadToken


def _keys(purpose: Purpose) -> dict[str, bytes]:
    """Return the keys that verify tokens of this purpose by their ids; the first one signs."""
    secret_keys = (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))
    keys = (hmac.new(one.encode(), f"mishmob.{purpose.value}".encode(), hashlib.sha256).digest() for one in secret_keys)
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
