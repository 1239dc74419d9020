"""Refreshing a session: each token has one successor, and an old one ends the family."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from domains.accounts import services
from domains.accounts.models import Session
from domains.accounts.services.refresh_session import RATE_LIMIT
from domains.base.errors import Refused
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def refresh(token: str) -> str:
    return services.refresh_session(refresh_token=token).tokens.refresh_token


@pytest.fixture
def opened() -> services.OpenSession:
    return services.begin_session(user=UserFactory())


def test_a_lost_reply_gets_the_same_successor_within_ten_seconds(opened: services.OpenSession) -> None:
    first = opened.tokens.refresh_token
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        successor = refresh(first)
        clock.shift(9)
        assert refresh(first) == successor
        clock.shift(2)
        with pytest.raises(Refused, match="BAD_CREDENTIALS"):
            refresh(first)
    assert Session.objects.get().ended_at is not None


def test_a_refresh_token_ends_after_seven_days(opened: services.OpenSession) -> None:
    later = datetime.now(UTC) + timedelta(days=7, minutes=1)
    with time_machine.travel(later, tick=False), pytest.raises(Refused, match="BAD_CREDENTIALS"):
        refresh(opened.tokens.refresh_token)


def test_an_access_token_is_no_refresh_token(opened: services.OpenSession) -> None:
    with pytest.raises(Refused, match="BAD_CREDENTIALS"):
        refresh(opened.tokens.access_token)


def test_each_refusal_is_one_of_its_own_and_names_the_field_as_python_does(opened: services.OpenSession) -> None:
    """One that is raised again and again grows its traceback, and holds the tokens in its frames."""
    ended = opened.tokens.refresh_token
    Session.objects.update(ended_at=datetime.now(UTC))
    refusals = []
    for token in ("nonsense", ended, "nonsense", ended):
        with pytest.raises(Refused) as caught:
            refresh(token)
        refusals.append(caught.value)
    assert len({id(refusal) for refusal in refusals}) == 4
    assert {refusal.problems[0].field for refusal in refusals} == {"refresh_token"}


@pytest.mark.usefixtures("one_window")
def test_a_network_refreshes_three_hundred_times_a_minute(opened: services.OpenSession) -> None:
    codes: Counter[str] = Counter()
    for _ in range(RATE_LIMIT + 1):
        with pytest.raises(Refused) as refused:
            services.refresh_session(refresh_token="nonsense", ip_address="203.0.113.1")
        codes[str(refused.value.problems[0].code)] += 1
    assert codes == {"BAD_CREDENTIALS": RATE_LIMIT, "RATE_LIMITED": 1}
    assert refused.value.retry_after
    services.refresh_session(refresh_token=opened.tokens.refresh_token, ip_address="203.0.113.2")
