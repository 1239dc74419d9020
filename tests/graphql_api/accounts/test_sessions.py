"""Sessions: logging in, rotating tokens, logging out; what a token is good for, and for how long."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from domains.accounts import services, tokens
from domains.accounts.models import Session
from tests.api import Api, codes
from tests.factories import UserFactory

PASSWORD = "correct horse battery"
SESSION = "__typename ... on AuthSession { accessToken accessExpiresAt refreshToken refreshExpiresAt user { email } }"
PROBLEMS = "... on OperationInfo { messages { kind code field message } }"
LOG_IN = f"mutation LogIn($input: LogInInput!) {{ logIn(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
REFRESH = f"mutation R($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
LOG_OUT = f"""mutation L($input: LogOutInput!) {{
  logOut(input: $input) {{ __typename ... on LogOutReceipt {{ sessionsEnded }} {PROBLEMS} }} }}"""
DEV_LOG_IN = f"mutation D($input: DevLogInInput!) {{ devLogIn(input: $input) {{ {SESSION} {PROBLEMS} }} }}"
ME = "{ me { email sessions { deviceName isCurrent } } }"


@pytest.fixture
def ada(db):
    user = UserFactory(email="ada@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


def with_token(token: str) -> dict:
    response = Client().post(
        "/graphql/",
        {"query": ME},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    answer: dict = response.json()
    return answer


def test_address_and_password_begin_a_session(api: Api, ada) -> None:
    session = api.act(LOG_IN, email=" ADA@example.org ", password=PASSWORD, deviceName="Phone")
    assert session["user"] == {"email": "ada@example.org"}
    assert with_token(session["accessToken"])["data"]["me"] == {
        "email": "ada@example.org",
        "sessions": [{"deviceName": "Phone", "isCurrent": True}],
    }
    lifetime = datetime.fromisoformat(session["accessExpiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < lifetime <= timedelta(minutes=5)


@pytest.mark.parametrize(
    "change", [{"password": "wrong wrong wrong"}, {"email": "eve@example.org"}, {"password": "x" * 1_000}]
)
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(api: Api, ada, change) -> None:
    refused = api.act(LOG_IN, **{"email": ada.email, "password": PASSWORD, **change})
    assert [m["message"] for m in refused["messages"]] == ["The address or the password is wrong."]
    assert codes(refused) == ["BAD_CREDENTIALS"]
    assert not Session.objects.exists()


def test_an_unproved_address_cannot_log_in(api: Api) -> None:
    user = UserFactory(unverified=True)
    user.set_password(PASSWORD)
    user.save()
    assert codes(api.act(LOG_IN, email=user.email, password=PASSWORD)) == ["EMAIL_NOT_VERIFIED"]


@pytest.mark.usefixtures("one_window")
def test_guesses_at_one_account_are_limited_before_they_are_looked_at(api: Api, ada) -> None:
    for _ in range(5):
        api.act(LOG_IN, email=ada.email, password="wrong wrong wrong")
    assert codes(api.act(LOG_IN, email=ada.email, password=PASSWORD)) == ["RATE_LIMITED"]
    assert not Session.objects.exists()


def test_two_guesses_in_one_request_are_refused(api: Api, ada) -> None:
    document = """mutation { a: logIn(input: {email: "a@b.example", password: "x"}) { __typename }
                             b: logIn(input: {email: "a@b.example", password: "y"}) { __typename } }"""
    assert api.error_code(document) == "LIMIT_EXCEEDED"


def test_a_refresh_token_is_exchanged_for_its_successor(api: Api, ada) -> None:
    first = services.begin_session(user=ada).tokens
    second = api.act(REFRESH, refreshToken=first.refresh_token)
    assert second["refreshToken"] != first.refresh_token
    third = api.act(REFRESH, refreshToken=second["refreshToken"])
    assert third["__typename"] == "AuthSession"


def test_an_old_refresh_token_ends_the_whole_family(api: Api, ada) -> None:
    first = services.begin_session(user=ada).tokens.refresh_token
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        session = api.act(REFRESH, refreshToken=first)
        clock.shift(11)
        refused = api.act(REFRESH, refreshToken=first)
    assert [(m["code"], m["field"]) for m in refused["messages"]] == [("BAD_CREDENTIALS", "refreshToken")]
    assert Session.objects.get().ended_at is not None
    assert codes(api.act(REFRESH, refreshToken=session["refreshToken"])) == ["BAD_CREDENTIALS"]
    assert with_token(session["accessToken"])["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_logging_out_ends_the_session_at_once(api: Api, ada) -> None:
    opened = services.begin_session(user=ada)
    other = services.begin_session(user=ada)
    mine = Api(Client(), ada, opened.tokens.access_token)
    assert mine.act(LOG_OUT, refreshToken=opened.tokens.refresh_token)["sessionsEnded"] == 1
    assert mine.error_code(ME) == "UNAUTHENTICATED"
    assert "data" in with_token(other.tokens.access_token)


def test_logging_out_without_a_word_ends_this_session(api: Api, ada) -> None:
    opened = services.begin_session(user=ada)
    other = services.begin_session(user=ada)
    mine = Api(Client(), ada, opened.tokens.access_token)
    assert mine.act(LOG_OUT)["sessionsEnded"] == 1
    assert mine.error_code(ME) == "UNAUTHENTICATED"
    assert "data" in with_token(other.tokens.access_token)


def test_logging_out_everywhere_ends_every_session_of_ones_own(api: Api, ada) -> None:
    opened, stranger = services.begin_session(user=ada), services.begin_session(user=UserFactory())
    services.begin_session(user=ada)
    mine = Api(Client(), ada, opened.tokens.access_token)
    assert mine.act(LOG_OUT, everywhere=True)["sessionsEnded"] == 2
    assert "data" in with_token(stranger.tokens.access_token)


def test_nobody_ends_another_persons_session(api_as, ada) -> None:
    theirs = services.begin_session(user=ada)
    assert api_as(UserFactory()).act(LOG_OUT, refreshToken=theirs.tokens.refresh_token)["sessionsEnded"] == 0
    assert Session.objects.get(pk=theirs.session.pk).ended_at is None


def test_a_stranger_cannot_log_out(api: Api) -> None:
    assert codes(api.act(LOG_OUT, everywhere=True)) == ["UNAUTHENTICATED"]


def test_the_development_log_in_works_only_with_debug_on(api: Api, ada, settings) -> None:
    assert codes(api.act(DEV_LOG_IN, email=ada.email)) == ["FORBIDDEN"]
    settings.DEBUG = True
    assert api.act(DEV_LOG_IN, email=ada.email)["user"] == {"email": ada.email}
    assert codes(api.act(DEV_LOG_IN, email="nobody@example.org")) == ["BAD_CREDENTIALS"]


def test_me_needs_a_login(api: Api) -> None:
    assert api.error_code(ME) == "UNAUTHENTICATED"


def unsigned(claims: dict) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, {**claims, "iat": 1, "exp": 99_999_999_999}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."


NOW = datetime.now(UTC)
CLAIMS = {"iss": tokens.ISSUER, "aud": "access", "iat": NOW, "exp": NOW + timedelta(hours=1)}
#: What is changed in the claims of a good token, signed with the right key.
CHANGED = {
    "expired": {"exp": NOW - timedelta(minutes=1)},
    "no expiry": {"exp": None},
    "expiry as text": {"exp": "tomorrow"},
    "not yet valid": {"nbf": NOW + timedelta(days=1)},
    "another issuer": {"iss": "mishmob.evil"},
    "another audience": {"aud": "ticket"},
    "session as text": {"sid": "1"},
    "too long": {"pad": "x" * 100_000},
}


def signed_by(kid: str, session: Session) -> str:
    return jwt.encode({**CLAIMS, "sid": session.pk}, "k" * 32, headers={"kid": kid})


FORGED = {
    "another key": lambda session: jwt.encode({**CLAIMS, "sid": session.pk}, "k" * 32),
    "the bare secret": lambda session: jwt.encode({**CLAIMS, "sid": session.pk}, settings.SECRET_KEY),
    "no algorithm": lambda session: unsigned({**CLAIMS, "sid": session.pk}),
    "an unknown key": lambda session: signed_by("x", session),
    "a key that is a path": lambda session: signed_by("../../dev/null", session),
    "a key that is a statement": lambda session: signed_by("' OR 1=1 --", session),
    "refresh token": lambda session: tokens.issue_tokens(session).refresh_token,
    "nonsense": lambda session: "nonsense",
    "nothing": lambda session: "",
}


def changed(change: dict, session: Session) -> str:
    claims = {**CLAIMS, "sid": session.pk, **change}
    ((kid, key),) = tokens._keys(tokens.Purpose.ACCESS).items()
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, headers={"kid": kid})


def test_a_token_made_like_the_changed_ones_is_good_without_the_change(ada) -> None:
    assert "data" in with_token(changed({}, services.begin_session(user=ada).session))


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_token_with_a_wrong_claim_is_an_error_and_no_stranger(ada, change: dict) -> None:
    answer = with_token(changed(change, services.begin_session(user=ada).session))
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert answer.get("data") is None


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_access_token_is_an_error_and_no_stranger(ada, forge) -> None:
    answer = with_token(forge(services.begin_session(user=ada).session))
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert answer.get("data") is None


def test_two_tokens_of_one_second_differ_and_name_user_session_and_key(ada) -> None:
    session = services.begin_session(user=ada).session
    first, second = (tokens.issue_tokens(session, now=session.created_at) for _ in range(2))
    assert first.access_token != second.access_token
    assert first.refresh_token == second.refresh_token
    for token in (first.access_token, first.refresh_token):
        claims = jwt.decode(token, options={"verify_signature": False})
        assert {"iss", "aud", "sub", "sid", "jti", "iat", "exp"} <= set(claims)
        assert claims["sub"] != str(ada.pk)
        assert jwt.get_unverified_header(token)["kid"] in tokens._keys(tokens.Purpose(claims["aud"]))


def test_a_change_of_the_key_logs_nobody_out(ada, settings) -> None:
    pair = services.begin_session(user=ada).tokens
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert with_token(pair.access_token)["data"]["me"]["email"] == ada.email
    renewed = services.refresh_session(refresh_token=pair.refresh_token).tokens
    settings.SECRET_KEY_FALLBACKS = []
    assert with_token(renewed.access_token)["data"]["me"]["email"] == ada.email
    assert with_token(pair.access_token)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_token_from_before_keys_were_named_is_good_until_it_expires(ada) -> None:
    session = services.begin_session(user=ada).session
    (key,) = tokens._keys(tokens.Purpose.ACCESS).values()
    assert with_token(jwt.encode({**CLAIMS, "sid": session.pk}, key))["data"]["me"]["email"] == ada.email


def test_a_suspended_account_is_out_at_once(ada) -> None:
    token = services.begin_session(user=ada).tokens.access_token
    ada.is_active = False
    ada.save()
    assert with_token(token)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_tokens_of_the_former_secret_key_still_count(ada, settings) -> None:
    token = services.begin_session(user=ada).tokens.access_token
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key, long enough for anybody"
    assert with_token(token)["data"]["me"]["email"] == ada.email
