"""`verifyEmail` on the wire: the key from the mail is a session, once."""

from __future__ import annotations

import pytest

from domains.accounts import tokens
from domains.accounts.models import Session
from domains.accounts.tokens import KeyPurpose
from tests.api import Api, codes
from tests.factories.accounts import SignUpAttemptFactory

VERIFY = """
mutation VerifyEmail($input: VerifyEmailInput!) {
  verifyEmail(input: $input) {
    __typename
    ... on AuthSession { accessToken refreshToken user { email displayName isEmailVerified zipCode } }
    ... on OperationInfo { messages { kind code field message } }
  }
}
"""


@pytest.mark.django_db
def test_the_key_from_the_mail_proves_the_address_and_begins_a_session_once(api: Api) -> None:
    attempt = SignUpAttemptFactory(user__email="ada@example.org", display_name="Ada", zip_code="94110")
    key = tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk)
    session = api.act(VERIFY, key=key)
    assert session["user"] == {
        "email": "ada@example.org",
        "displayName": "Ada",
        "isEmailVerified": True,
        "zipCode": "94110",
    }
    assert codes(api.act(VERIFY, key=key)) == ["EXPIRED"]
    assert Session.objects.count() == 1


@pytest.mark.parametrize("key", ["MQ:1vabcd:forged", "", "1", "🦊:" * 3, "x" * 3_000])
def test_a_forged_key_is_refused(api: Api, key: str) -> None:
    refused = api.act(VERIFY, key=key)
    assert [(message["code"], message["field"]) for message in refused["messages"]] == [("EXPIRED", "key")]
    assert not Session.objects.exists()
