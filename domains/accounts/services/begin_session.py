"""Beginning a session; called by the services that have authenticated the user."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from domains.accounts import tokens
from domains.accounts.models import Session, User
from domains.accounts.second_factors import must_set_up
from domains.accounts.selectors import find_sessions
from domains.accounts.services.known_networks import remember_network
from domains.accounts.services.log_out import end_sessions

#: How many live sessions one person may have; the least recently used one ends first.
MAX_SESSIONS = 100


@dataclass(frozen=True)
class OpenSession:
    """A session that has just begun or been refreshed, with the tokens for it."""

    session: Session
    tokens: tokens.TokenPair


def begin_session(*, user: User, device_name: str = "", ip_address: str = "") -> OpenSession:
    """Begin a session of the user, remember its network, and return it with its first tokens.

    Above MAX_SESSIONS, the least recently used sessions end.
    """
    session = Session.objects.create(user=user, device_name=device_name.strip()[:80])
    session.is_limited = must_set_up(user)
    remember_network(user=user, ip_address=ip_address)
    surplus = list(find_sessions(viewer=user).values_list("pk", flat=True)[MAX_SESSIONS:])
    if surplus:
        with transaction.atomic():
            end_sessions(user.sessions.filter(pk__in=surplus))
    return OpenSession(session, tokens.issue_tokens(session))
