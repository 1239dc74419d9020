"""Ending one session of the caller, such as that of a lost phone."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.accounts.services.log_out import end_sessions
from domains.base.errors import NotFound


def end_session(*, actor: User, session_id: int) -> int:
    """The actor's session has ended, and its sockets close; returns 1, or 0 if it had ended before.

    Refuses with NOT_FOUND for sessions of others.
    """
    own = actor.sessions.filter(pk=session_id)
    if not own.exists():
        raise NotFound("session", "session_id")
    with transaction.atomic():
        return end_sessions(own)
