"""Somebody with a second factor, for the tests about it."""

from __future__ import annotations

from typing import Any

import pytest

from domains.accounts import services, tokens
from domains.base.errors import Refused
from tests.authenticator_app import code_of
from tests.factories import PASSWORD, UserFactory

ADDRESS = "203.0.113.1"
NOON = "2030-06-01 12:00:10"


class Ada:
    """Somebody with a second factor, whose app shows the codes of `secret`."""

    def __init__(self) -> None:
        self.user = UserFactory(email="ada@example.org")
        self.session = services.begin_session(user=self.user).session
        self.secret = services.start_totp(actor=self.user, session=self.session).secret
        self.recovery_codes = services.confirm_totp(
            actor=self.user, session=self.session, code=code_of(self.secret, ahead=-1), ip_address=ADDRESS
        )

    def challenge(self) -> services.MfaChallenge:
        found = services.log_in(email=self.user.email, password=PASSWORD, device_name="Phone", ip_address=ADDRESS)
        assert isinstance(found, services.MfaChallenge)
        return found

    def complete(self, code: str, token: str | None = None, ip_address: str = ADDRESS) -> services.OpenSession:
        token = token or tokens.issue_challenge(self.user, "Phone")
        return services.complete_mfa(challenge_token=token, code=code, ip_address=ip_address)


def refusal(act: Any, *arguments: Any, **named: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        act(*arguments, **named)
    problem = refused.value.problems[0]
    return str(problem.code), problem.field
