"""The second factors of an account: codes of an authenticator app (TOTP, RFC 6238) and recovery codes.

django-allauth keeps them, one `Authenticator` row per kind, and computes the codes. The app's secret is encrypted, and
recovery codes are kept as hashes. Each code works once: the row of the app remembers the newest time step that was
used, and a recovery code is removed. Call what uses a code in a transaction that holds the lock of the user's row.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from typing import Any
from unicodedata import decimal

from allauth.core.internal.cryptokit import compare_user_code, generate_user_code, normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from domains.accounts.models import User
from domains.base import encryption

logger = logging.getLogger(__name__)
RECOVERY_CODE_COUNT = 10
#: Letters of a recovery code, of an alphabet of twenty. These are 69 bits, too many to try, so a fast hash is enough.
RECOVERY_CODE_LENGTH = 16
#: Longer texts are no code.
MAX_CODE_LENGTH = 64
_TOTP, _RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
_SECRET = "totp_secret"  # noqa: S105 # a purpose


class MfaAdapter(DefaultMFAAdapter):
    """What django-allauth asks of this project: secrets are encrypted where they are stored."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return encryption.encrypt(_SECRET, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that was stored."""
        return encryption.decrypt(_SECRET, encrypted_text)


def has_second_factor(user: User) -> bool:
    """Tell whether a log-in of this person needs a second factor."""
    return Authenticator.objects.filter(user=user, type=_TOTP).exists()


def must_set_up(user: User) -> bool:
    """Tell whether the setting MFA_REQUIRED_FOR demands a second factor of this person, who has none."""
    return bool(settings.MFA_REQUIRED_FOR) and User.objects.who_must_set_up_mfa().filter(pk=user.pk).exists()


def find_protected_ids(*, user_ids: Collection[int]) -> set[int]:
    """Return which of these people have a second factor: `has_second_factor` for all of them at once."""
    return set(Authenticator.objects.filter(user__in=user_ids, type=_TOTP).values_list("user_id", flat=True))


def list_methods(user: User) -> list[str]:
    """Return the kinds of codes that the person can enter: TOTP, and RECOVERY_CODE while there are any left."""
    rows = _rows(user).values_list("type", "data")
    named = {_TOTP.value: "TOTP", _RECOVERY.value: "RECOVERY_CODE"}
    return [named[kind] for kind, data in sorted(rows, reverse=True) if kind == _TOTP or data["hashes"]]


def count_recovery_codes(user: User) -> int:
    """Return how many recovery codes are left."""
    row = _rows(user).filter(type=_RECOVERY).first()
    return len(row.data["hashes"]) if row else 0


def is_recovery_code(code: str) -> bool:
    """Tell whether the text looks like a recovery code, which cannot be guessed, and not like a code of an app."""
    return len(normalize_user_code(code[:MAX_CODE_LENGTH])) == RECOVERY_CODE_LENGTH


def find_step(secret: str, code: str, *, after: int = 0) -> int | None:
    """Return the time step whose code this is, among the present one and its neighbors, if it is later than `after`."""
    typed = "".join(str(decimal(one)) if one.isdecimal() else one for one in code[:MAX_CODE_LENGTH])
    for step in yield_hotp_counters_from_time():
        if step > after and compare_user_code(actual=typed, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def turn_on(user: User, secret: str, step: int) -> list[str]:
    """The person's log-ins need a code of this secret from now on; returns the recovery codes, which are shown once."""
    codes = [generate_user_code(length=RECOVERY_CODE_LENGTH) for _ in range(RECOVERY_CODE_COUNT)]
    data = {"secret": MfaAdapter().encrypt(secret), "last_step": step}
    Authenticator.objects.create(user=user, type=_TOTP, data=data)
    Authenticator.objects.create(user=user, type=_RECOVERY, data={"hashes": [_hash(user, code) for code in codes]})
    return codes


def turn_off(user: User) -> bool:
    """The person's log-ins need no second factor any more; returns whether they did."""
    return _rows(user).delete()[0] > 0


def use_code(user: User, code: str) -> str | None:
    """Use up a code of the app or a recovery code, in any spelling; returns its kind, or None if it is neither."""
    rows = {row.type: row for row in _rows(user)}
    if (app := rows.get(_TOTP)) and _use_totp(app, code):
        return "TOTP"
    if (recovery := rows.get(_RECOVERY)) and _use_recovery_code(user, recovery, code):
        return "RECOVERY_CODE"
    return None


def _use_totp(row: Authenticator, code: str) -> bool:
    try:
        secret = MfaAdapter().decrypt(row.data["secret"])
    except encryption.Undecipherable:
        problem = "the secret of authenticator %s was encrypted with a key that SECRET_KEY_FALLBACKS lacks"
        logger.error(problem, row.pk)  # noqa: TRY400 # a traceback would not help
        return False
    step = find_step(secret, code, after=row.data["last_step"])
    if step is None:
        return False
    # Encrypted anew, so that it no longer depends on a former SECRET_KEY.
    _store(row, {"secret": MfaAdapter().encrypt(secret), "last_step": step})
    return True


def _use_recovery_code(user: User, row: Authenticator, code: str) -> bool:
    hashes, used = row.data["hashes"], _hash(user, code)
    if used not in hashes:
        return False
    _store(row, {"hashes": [one for one in hashes if one != used]})
    return True


def _store(row: Authenticator, data: dict[str, Any]) -> None:
    row.data, row.last_used_at = data, timezone.now()
    row.save(update_fields=["data", "last_used_at"])


def _rows(user: User) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user, type__in=[_TOTP, _RECOVERY])


def _hash(user: User, code: str) -> str:
    return hashlib.sha256(
        f"{user.pk} {normalize_user_code(code[:MAX_CODE_LENGTH])}".encode(errors="replace")
    ).hexdigest()
