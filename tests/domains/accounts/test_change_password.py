"""Changing a password: by the old one, with the end of all other sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from domains.accounts import services
from domains.accounts.models import Session, User
from domains.base.errors import Refused
from tests.domains.accounts.mailed_keys import last_key, subjects_to
from tests.factories import PASSWORD, UserFactory

NEW = "seven quiet otters knitting"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(transactional_db: None) -> services.OpenSession:
    return services.begin_session(user=UserFactory(email="ada@example.org"), device_name="Phone")


def change(opened: services.OpenSession, current: str = PASSWORD, new: str = NEW) -> services.OpenSession:
    actor = User.objects.get(pk=opened.session.user_id)
    return services.change_password(
        actor=actor, session=opened.session, current_password=current, new_password=new, ip_address="203.0.113.1"
    )


def can_refresh(token: str) -> bool:
    try:
        services.refresh_session(refresh_token=token)
    except Refused:
        return False
    return True


def test_all_sessions_end_and_one_begins_on_this_device(opened: services.OpenSession) -> None:
    other = services.begin_session(user=opened.session.user)
    changed = change(opened)
    assert (changed.session != opened.session, changed.session.device_name) == (True, "Phone")
    assert User.objects.get().check_password(NEW)
    assert list(Session.objects.filter(ended_at=None)) == [changed.session]
    assert not can_refresh(other.tokens.refresh_token)
    assert can_refresh(changed.tokens.refresh_token)
    assert subjects_to("ada@example.org") == ["Your password was changed"]


def test_a_refresh_token_that_was_copied_before_is_worth_nothing(opened: services.OpenSession) -> None:
    changed = change(opened)
    assert not can_refresh(opened.tokens.refresh_token)
    assert can_refresh(changed.tokens.refresh_token)


def test_a_key_that_was_mailed_before_no_longer_works(opened: services.OpenSession) -> None:
    services.request_password_reset(email="ada@example.org", ip_address="203.0.113.1")
    key = last_key("ada@example.org")
    change(opened)
    with pytest.raises(Refused, match="EXPIRED"):
        services.reset_password(key=key, new_password="another good long one")


@pytest.mark.parametrize(
    ("current", "new", "problem"),
    [
        ("not my password", NEW, ("BAD_CREDENTIALS", "current_password")),
        ("x" * 1_000_000, NEW, ("BAD_CREDENTIALS", "current_password")),
        ("", NEW, ("BAD_CREDENTIALS", "current_password")),
        (PASSWORD, "short", ("TOO_SHORT", "new_password")),
        (PASSWORD, "password1234", ("INVALID", "new_password")),
    ],
)
def test_what_is_refused_changes_nothing(
    opened: services.OpenSession, current: str, new: str, problem: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        change(opened, current, new)
    assert [(one.code, one.field) for one in refused.value.problems] == [problem]
    assert User.objects.get().check_password(PASSWORD)
    assert can_refresh(opened.tokens.refresh_token)


@pytest.mark.usefixtures("one_window")
def test_guesses_are_counted_with_those_of_logging_in(opened: services.OpenSession) -> None:
    codes = []
    for _ in range(6):
        with pytest.raises(Refused) as refused:
            change(opened, "not my password")
        codes.append(refused.value.problems[0].code)
    assert codes == ["BAD_CREDENTIALS"] * 5 + ["RATE_LIMITED"]
    with pytest.raises(Refused, match="RATE_LIMITED"):
        services.log_in(email="ada@example.org", password=PASSWORD, device_name="", ip_address="203.0.113.1")


def test_who_has_no_password_gets_one_after_a_fresh_log_in_only(transactional_db: None) -> None:
    opened = services.begin_session(user=UserFactory(email="ada@example.org", password=None))
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    opened.session.refresh_from_db()
    with pytest.raises(Refused, match="BAD_CREDENTIALS"):
        change(opened, "")
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=4))
    opened.session.refresh_from_db()
    change(opened, "")
    assert User.objects.get().check_password(NEW)
