"""The key in the mail that invites a person to a host: signed, for one invitation and address, valid for a week."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.core import signing

INVITATION_LIFETIME = timedelta(days=7)
#: Longer keys are refused before parsing.
MAX_KEY_LENGTH = 512
_INVITATION = "mishmob.host_invitation"


class BadKey(Exception):
    """The key is forged, damaged, too old or made for something else."""


def invitation_key(*, membership_id: int, email: str) -> str:
    """Return the key of this invitation for this address, valid for a week from now."""
    return signing.TimestampSigner(salt=_INVITATION).sign(f"{membership_id}.{_address_digest(email)}")


def read_invitation_key(key: str) -> int:
    """Return the id of the key's invitation, or raise BadKey."""
    return int(_read(key).partition(".")[0])


def is_key_for(key: str, email: str) -> bool:
    """Return whether the key was made for this address."""
    return _read(key).partition(".")[2] == _address_digest(email)


def _read(key: str) -> str:
    if len(key) > MAX_KEY_LENGTH:
        raise BadKey
    try:
        return signing.TimestampSigner(salt=_INVITATION).unsign(key.strip(), max_age=INVITATION_LIFETIME)
    except signing.BadSignature as error:
        raise BadKey from error


def _address_digest(email: str) -> str:
    return hashlib.sha256(email.casefold().encode()).hexdigest()[:16]
