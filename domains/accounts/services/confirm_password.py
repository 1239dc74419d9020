"""Asking for the password again before an act that only the account's owner may do."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from domains.accounts.errors import AccountCode
from domains.accounts.models import Session, User
from domains.accounts.services.guesses import limit_guesses
from domains.accounts.services.log_in import is_password
from domains.base.errors import Refused

#: How fresh the log-in of a person without a password must be.
FRESH_LOG_IN = timedelta(minutes=5)
#: How recent the log-in must be for a further way in, or a second factor: a stolen, older session can set up neither.
RECENT_LOG_IN = timedelta(hours=1)


def refuse_old_log_in(session: Session | None) -> None:
    """Refuse with BAD_CREDENTIALS unless the session began less than RECENT_LOG_IN ago."""
    if session is None or timezone.now() - session.created_at > RECENT_LOG_IN:
        minutes = RECENT_LOG_IN // timedelta(minutes=1)
        sentence = f"Log in again, then do this within {minutes} minutes: it guards your log-in."
        raise Refused.because(AccountCode.BAD_CREDENTIALS, sentence)


def confirm_password(*, actor: User, session: Session | None, password: str, field: str, ip_address: str) -> None:
    """Refuse unless the password is the actor's; guesses count as those at `log_in` do.

    An account without a password needs a log-in less than FRESH_LOG_IN ago instead. Refuses with BAD_CREDENTIALS and
    RATE_LIMITED.
    """
    if not actor.has_usable_password():
        if session is None or timezone.now() - session.created_at > FRESH_LOG_IN:
            minutes = FRESH_LOG_IN // timedelta(minutes=1)
            sentence = f"Your account has no password: log in again, then do this within {minutes} minutes."
            raise Refused.because(AccountCode.BAD_CREDENTIALS, sentence, field)
        return
    with limit_guesses(email=actor.email, ip_address=ip_address):
        if not is_password(password, actor.password):
            raise Refused.because(AccountCode.BAD_CREDENTIALS, "This is not your password.", field)
