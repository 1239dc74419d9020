"""The one-time code with which a log-in on this server's page ends, and the session that a frontend gets for it."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from domains.accounts.errors import AccountCode
from domains.accounts.models import LogInCode, User
from domains.accounts.providers.identify import Proof
from domains.accounts.services.begin_session import OpenSession
from domains.accounts.services.complete_mfa import MfaChallenge, begin_session_or_challenge
from domains.accounts.services.log_in_with_provider import account_of, must_prove_address
from domains.accounts.services.prove_identity import prove_identity
from domains.base.errors import Refused

CODE_LIFETIME = timedelta(seconds=60)


def issue_log_in_code(*, proof: Proof, code_challenge: str, ip_address: str) -> str:
    """Return a code with which a frontend can log in as the person of the proof, once, for CODE_LIFETIME.

    With a challenge (PKCE, S256), only the frontend that knows its verifier can. Refuses as `log_in_with_provider`.
    """
    identity = prove_identity(proof=proof, ip_address=ip_address, is_own_page=True)
    with transaction.atomic():
        user = account_of(identity, ip_address=ip_address)
        if user is not None:
            code = secrets.token_urlsafe(32)
            LogInCode.objects.create(digest=_digest(code), user=user, code_challenge=code_challenge)
            return code
    raise must_prove_address()


def log_in_with_code(*, code: str, code_verifier: str, device_name: str, ip_address: str) -> OpenSession | MfaChallenge:
    """Use the code up, and begin a session, or ask for the second factor; refuses with EXPIRED."""
    with transaction.atomic():
        row = LogInCode.objects.filter(digest=_digest(code), created_at__gt=timezone.now() - CODE_LIFETIME).first()
        if row is None or not _is_verifier(code_verifier, row.code_challenge):
            raise _expired()
        user = User.objects.select_for_update(no_key=True).filter(pk=row.user_id, is_active=True).first()
        was_there = LogInCode.objects.filter(pk=row.pk).delete()[0]  # not so if two use it at once
        if user is None or not was_there:
            raise _expired()
        return begin_session_or_challenge(user=user, device_name=device_name, ip_address=ip_address)


def remove_old_codes(*, now: datetime) -> int:
    """Remove codes that have expired; return how many. A system act."""
    return LogInCode.objects.filter(created_at__lt=now - CODE_LIFETIME).delete()[0]


def _is_verifier(verifier: str, challenge: str) -> bool:
    if not challenge:
        return not verifier
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return constant_time_compare(digest, challenge)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _expired() -> Refused:
    return Refused.because(AccountCode.EXPIRED, "This code was used or has expired: log in again.", "code")
