"""Exchanging a refresh token for its successor."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from domains.accounts import tokens
from domains.accounts.errors import AccountCode
from domains.accounts.models import Session
from domains.accounts.second_factors import must_set_up
from domains.accounts.services.begin_session import OpenSession
from domains.accounts.services.known_networks import remember_network
from domains.accounts.services.log_out import end_sessions
from domains.base import rates
from domains.base.errors import Refused
from domains.base.networks import client_network

#: Refreshes from one network. Access tokens live five minutes, so that is 1,500 people behind one address.
RATE_LIMIT, RATE_SECONDS = 300, 60


def refresh_session(*, refresh_token: str, ip_address: str = "") -> OpenSession:
    """Rotate the session's refresh token and return the new pair.

    The newest token is exchanged for its successor. The previous token gets that same successor within ten seconds
    of its rotation, because the first reply may have been lost. Any other old token means that a token was stolen,
    so the session ends. Refuses with BAD_CREDENTIALS and RATE_LIMITED.
    """
    if ip_address:
        rates.spend(what="refresh", key=client_network(ip_address), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    try:
        session_id, generation = tokens.read_refresh(refresh_token)
    except tokens.BadToken:
        raise _bad_token() from None
    with transaction.atomic():
        session = (
            Session.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=session_id, ended_at__isnull=True, user__is_active=True)
            .first()
        )
        if session is None:
            raise _bad_token()
        now = timezone.now()
        if generation == session.generation:
            session.generation += 1
            session.rotated_at = now
            session.save(update_fields=["generation", "rotated_at"])
            remember_network(user=session.user, ip_address=ip_address)
        elif not (generation == session.generation - 1 and now - session.rotated_at <= settings.REFRESH_REPLY_GRACE):
            end_sessions(Session.objects.filter(pk=session.pk))
            session = None
    if session is None:
        raise _bad_token()
    session.is_limited = must_set_up(session.user)
    return OpenSession(session, tokens.issue_tokens(session))


def _bad_token() -> Refused:
    """Return a new refusal each time: an exception keeps the traceback, and so the locals, of each raise."""
    return Refused.because(
        AccountCode.BAD_CREDENTIALS, "This refresh token is not valid (any more): log in again.", "refresh_token"
    )
