"""Races for one token: the row's lock lets one win, whatever comes at once."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailConfirmationHMAC

from domains.accounts import services
from domains.accounts.models import Session, UserType
from domains.base.errors import Refused
from tests.factories import UserFactory
from tests.threads import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_ten_refreshes_at_once_give_one_successor() -> None:
    token = services.begin_session(user=UserFactory()).tokens.refresh_token
    answers = at_once(lambda _: services.refresh_session(refresh_token=token).tokens.refresh_token, 10)
    assert len(set(answers)) == 1
    assert answers[0] != token
    session = Session.objects.get()
    assert (session.generation, session.ended_at) == (1, None)


def test_a_key_from_a_mail_used_ten_times_at_once_begins_one_session() -> None:
    user = UserFactory(unverified=True)
    key = EmailConfirmationHMAC(user.emailaddress_set.get()).key
    answers = at_once(lambda _: services.verify_email(key=key), 10)
    assert sum(not isinstance(answer, Refused) for answer in answers) == 1
    assert Session.objects.count() == 1


def test_ten_sign_ups_with_one_address_at_once_make_one_account(settings) -> None:
    def sign_up(number: int) -> str:
        return services.sign_up(
            email="twin@example.org",
            password="correct horse battery",
            display_name=f"Twin {number}",
            user_type=UserType.VOLUNTEER,
            zip_code="",
            ip_address=f"203.0.113.{number}",
        )

    assert set(at_once(sign_up, 10)) == {"twin@example.org"}
