"""Tokens of providers that were forged, made for somebody else or come late; and providers that misbehave."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import caches

from domains.accounts import services
from domains.accounts.models import LogInProvider, Session, User
from domains.accounts.providers import requests_to_providers
from domains.accounts.providers.identify import Proof
from tests.domains.accounts.second_factor import ADDRESS, refusal
from tests.provider_stand_in import FRONTEND, ISSUERS, SIGNING_KEY, StandIn, id_token, stood_in

pytestmark = pytest.mark.django_db
OTHER_KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = SIGNING_KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
NOW = int(time.time())
BAD = ("BAD_CREDENTIALS", None)


@pytest.fixture(autouse=True)
def providers(settings: Any) -> Iterator[StandIn]:
    with stood_in(settings) as stand_in:
        yield stand_in


def log_in(provider: str, token: str, **more: str) -> Any:
    proof = Proof(LogInProvider(provider), id_token=token, **more)
    return services.log_in_with_provider(proof=proof, ip_address=ADDRESS)


def hmac_with_the_public_key(provider: str) -> str:
    """Sign with the provider's public key as if it were a shared secret, which PyJWT itself refuses to do."""
    claims = jwt.decode(id_token(provider), options={"verify_signature": False})
    header = {"alg": "HS256", "typ": "JWT", "kid": "the-key-of-today"}
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    parts = [urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    signature = urlsafe_b64encode(algorithm.sign(b".".join(parts), PUBLIC)).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


FORGED = {
    "for another app": lambda of: id_token(of, aud="somebody-elses-app"),
    "for no app": lambda of: id_token(of, aud=None),
    "for a list of other apps": lambda of: id_token(of, aud=["one", "two"]),
    "of another issuer": lambda of: id_token(of, iss="https://evil.example"),
    "of an issuer with the same beginning": lambda of: id_token(of, iss=f"{ISSUERS[of]}.evil.example"),
    "of no issuer": lambda of: id_token(of, iss=None),
    "that has expired": lambda of: id_token(of, exp=NOW - 60),
    "that never expires": lambda of: id_token(of, exp=None),
    "that expires in words": lambda of: id_token(of, exp="tomorrow"),
    "that is valid from tomorrow": lambda of: id_token(of, nbf=NOW + 86400),
    "of nobody": lambda of: id_token(of, sub=None),
    "of an empty name": lambda of: id_token(of, sub=""),
    "with a nonce that nobody asked for": lambda of: id_token(of, nonce="another"),
    "of another key": lambda of: id_token(of, key=OTHER_KEY),
    "of an unknown key": lambda of: id_token(of, headers={"kid": "unknown"}),
    "of a file as key": lambda of: id_token(of, headers={"kid": "../../dev/null"}),
    "that brings its own key": lambda of: id_token(
        of, key=OTHER_KEY, headers={"jwk": jwt.algorithms.RSAAlgorithm.to_jwk(OTHER_KEY.public_key(), as_dict=True)}
    ),
    "that names where its key is": lambda of: id_token(of, key=OTHER_KEY, headers={"jku": "https://evil.example"}),
    "without a signature": lambda of: id_token(of, key=None, algorithm="none"),
    "signed with the public key": hmac_with_the_public_key,
    "cut off": lambda of: id_token(of)[:-8],
    "that is none": lambda _: "not.a.token",
    "that expires in a trillion years": lambda of: id_token(of, exp=10**20),
    "of somebody with half a letter": lambda of: id_token(of, sub="\ud800"),
    "of somebody with no letter": lambda of: id_token(of, sub="1\x00"),
    "of somebody with a long name": lambda of: id_token(of, sub="1" * 192),
    "that was issued in words": lambda of: id_token(of, iat="now"),
    "that is long": lambda of: id_token(of, padding="x" * 100_000),
}


@pytest.mark.parametrize("provider", ISSUERS)
@pytest.mark.parametrize("what", FORGED)
def test_a_token_is_refused(what: str, provider: str) -> None:
    assert refusal(log_in, provider, FORGED[what](provider)) == BAD
    assert not User.objects.exists()


@pytest.mark.parametrize("provider", ISSUERS)
def test_the_same_token_without_its_fault_is_taken(provider: str) -> None:
    expected = ("EMAIL_NOT_VERIFIED", None)
    if provider == "FACEBOOK":  # which never vouches for an address
        assert refusal(log_in, provider, id_token(provider)) == expected
    else:
        assert log_in(provider, id_token(provider)).session.user.email == "ada@example.org"


@pytest.mark.parametrize("audience", ["google-ios", ["google-ios"], ["other", "google-web"]])
def test_the_tokens_of_all_own_apps_are_taken(audience: Any) -> None:
    assert log_in("GOOGLE", id_token(aud=audience)).session.user.email == "ada@example.org"


def test_a_nonce_is_compared() -> None:
    assert refusal(log_in, "APPLE", id_token("APPLE", nonce="mine"), nonce="yours") == BAD
    assert refusal(log_in, "APPLE", id_token("APPLE"), nonce="yours") == BAD
    assert log_in("APPLE", id_token("APPLE", nonce="mine"), nonce="mine").session.pk


def test_an_access_token_for_another_app_is_refused(providers: StandIn) -> None:
    providers.access_tokens["token"] = ("another-app", {"id": "77", "email": "ada@example.org"})
    proof = Proof(LogInProvider.FACEBOOK, access_token="token")
    assert refusal(services.log_in_with_provider, proof=proof) == BAD
    assert refusal(services.log_in_with_provider, proof=Proof(LogInProvider.FACEBOOK, access_token="x")) == BAD


@pytest.mark.parametrize("provider", ["GOOGLE", "APPLE", "LINKEDIN"])
def test_an_access_token_of_other_providers_proves_nothing(provider: str, providers: StandIn) -> None:
    proof = Proof(LogInProvider(provider), access_token="opaque")
    assert refusal(services.log_in_with_provider, proof=proof) == ("INVALID", "access_token")
    assert not providers.asked


@pytest.mark.parametrize("given", [{}, {"id_token": "a", "code": "b", "redirect_uri": FRONTEND}])
def test_exactly_one_proof_is_given(given: dict[str, str]) -> None:
    proof = Proof(LogInProvider.GOOGLE, **given)
    assert refusal(services.log_in_with_provider, proof=proof) == ("REQUIRED", "id_token")


def test_a_thousand_unknown_keys_ask_the_provider_once(providers: StandIn, settings: Any) -> None:
    settings.RATE_LIMITS = False
    with time_machine.travel("2030-06-01 12:00", tick=False) as clock:
        for number in range(1000):
            assert refusal(log_in, "GOOGLE", id_token(headers={"kid": f"unknown-{number}"})) == BAD
        assert providers.asked == {"/.well-known/openid-configuration": 1, "/jwks": 1}
        clock.shift(31)
        assert refusal(log_in, "GOOGLE", id_token(headers={"kid": "unknown"})) == BAD
        assert providers.asked["/jwks"] == 2


@pytest.mark.parametrize("trouble", ["down", "redirect", "endless"])
def test_a_provider_in_trouble_is_said_and_nothing_is_lost(trouble: str, providers: StandIn) -> None:
    providers.trouble = trouble
    token = id_token("APPLE")
    assert refusal(log_in, "APPLE", token) == ("PROVIDER_UNAVAILABLE", None)
    code = Proof(LogInProvider.LINKEDIN, code="abc", redirect_uri=FRONTEND)
    assert refusal(services.log_in_with_provider, proof=code) == ("PROVIDER_UNAVAILABLE", None)
    assert "/elsewhere" not in providers.asked
    providers.trouble = ""
    caches["local"].clear()  # a minute later
    assert log_in("APPLE", token).session.pk


def test_an_older_copy_of_the_keys_serves_while_the_provider_is_down(providers: StandIn, settings: Any) -> None:
    settings.RATE_LIMITS = False
    with time_machine.travel("2030-06-01 12:00", tick=False) as clock:
        log_in("APPLE", id_token("APPLE"))
        providers.trouble = "down"
        for hour in range(30):
            clock.shift(3600)
            if hour < 24:
                assert log_in("APPLE", id_token("APPLE")).session.pk
            else:
                assert refusal(log_in, "APPLE", id_token("APPLE")) == ("PROVIDER_UNAVAILABLE", None)


@pytest.mark.parametrize("rubbish", [{}, [], "keys", {"keys": 7}, {"keys": [7]}])
def test_rubbish_in_place_of_keys_refuses_and_fails_nothing(rubbish: Any, providers: StandIn) -> None:
    answer = providers.answer

    def send_rubbish(path: str, given: dict[str, str], authorization: str) -> tuple[int, Any]:
        return (200, rubbish) if path == "/auth/keys" else answer(path, given, authorization)

    providers.answer = send_rubbish  # type: ignore[method-assign]
    code, _ = refusal(log_in, "APPLE", id_token("APPLE"))
    assert code in {"BAD_CREDENTIALS", "PROVIDER_UNAVAILABLE"}


def test_a_token_works_once_however_its_signature_is_written() -> None:
    token = id_token("APPLE")
    log_in("APPLE", token)
    for ending in ("=", "==", "==="):
        assert refusal(log_in, "APPLE", token + ending) == BAD


def test_a_clock_that_is_some_seconds_late_does_not_matter() -> None:
    assert log_in("APPLE", id_token("APPLE", iat=int(time.time()) + 5)).session.pk


def test_a_provider_that_answers_one_byte_at_a_time_is_left(
    providers: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests_to_providers, "WHOLE_TIMEOUT", 0)
    assert refusal(log_in, "APPLE", id_token("APPLE")) == ("PROVIDER_UNAVAILABLE", None)


@pytest.mark.parametrize("url", ["http://accounts.google.com/x", "file:///etc/passwd", "http://169.254.169.254/"])
def test_only_https_is_asked(url: str) -> None:
    with pytest.raises(requests.exceptions.InvalidURL):
        requests_to_providers.ProviderSession().fetch(url)


def test_a_provider_that_is_not_set_up_is_said(settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert refusal(log_in, "GOOGLE", id_token()) == ("PROVIDER_UNAVAILABLE", "provider")


def test_tries_from_one_network_are_limited() -> None:
    for _ in range(20):
        assert refusal(log_in, "GOOGLE", "x") == BAD
    assert refusal(log_in, "GOOGLE", id_token()) == ("RATE_LIMITED", None)
    assert not Session.objects.exists()
