"""Ending sessions."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from domains.accounts import facts, tokens
from domains.accounts.models import Session, User
from domains.base import bus


def log_out(*, actor: User, session: Session | None = None, refresh_token: str | None, everywhere: bool) -> int:
    """End the session of the refresh token, or without one the given session, or all; return how many."""
    sessions = actor.sessions.all()
    if not everywhere and refresh_token is None and session is not None:
        sessions = sessions.filter(pk=session.pk)
    elif not everywhere:
        try:
            session_id, _ = tokens.read_refresh(refresh_token or "")
        except tokens.BadToken:
            return 0
        sessions = sessions.filter(pk=session_id)
    with transaction.atomic():
        return end_sessions(sessions)


def end_sessions(sessions: QuerySet[Session]) -> int:
    """End those of the sessions that have not ended; call it in a transaction. Returns how many."""
    ids = list(sessions.filter(ended_at__isnull=True).order_by("pk").select_for_update().values_list("pk", flat=True))
    Session.objects.filter(pk__in=ids).update(ended_at=timezone.now())
    if ids:
        bus.publish(*(facts.SessionEnded(session_id=session_id) for session_id in ids))
    return len(ids)
