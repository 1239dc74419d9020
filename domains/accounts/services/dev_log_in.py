"""Logging in without a password, for development only."""

from __future__ import annotations

from django.conf import settings

from domains.accounts.errors import AccountCode
from domains.accounts.models import User
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.base.errors import NotAllowed, Refused


def dev_log_in(*, email: str, ip_address: str = "") -> OpenSession:
    """Begin a session of the person with this address; FORBIDDEN unless DEBUG is on, BAD_CREDENTIALS if unknown."""
    if not settings.DEBUG:
        raise NotAllowed
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Refused.because(AccountCode.BAD_CREDENTIALS, "No account has this address.", "email")
    return begin_session(user=user, device_name="Development", ip_address=ip_address)
