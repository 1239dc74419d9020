"""Ending one session by its id: only a session of the caller."""

from __future__ import annotations

import pytest

from domains.accounts import facts, services
from domains.accounts.models import Session
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_session_ends_and_its_sockets_with_it() -> None:
    user = UserFactory()
    lost, kept = (services.begin_session(user=user).session for _ in range(2))
    assert services.end_session(actor=user, session_id=lost.pk) == 1
    assert list(Session.objects.filter(ended_at=None)) == [kept]
    assert [entry.payload for entry in OutboxEntry.objects.filter(fact=facts.SessionEnded.name())] == [
        {"session_id": lost.pk}
    ]
    assert services.end_session(actor=user, session_id=lost.pk) == 0


def test_the_session_of_another_person_is_not_found() -> None:
    session = services.begin_session(user=UserFactory()).session
    for session_id in (session.pk, 4711):
        with pytest.raises(Refused, match="NOT_FOUND"):
            services.end_session(actor=UserFactory(), session_id=session_id)
    assert Session.objects.get().ended_at is None
