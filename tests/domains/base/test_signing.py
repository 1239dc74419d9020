"""Signed statements: anybody can check them, nobody but this server can make them, each only for its purpose."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jwt
import pytest
from jwt.utils import base64url_decode, base64url_encode

from domains.base import signing

CLAIMS = {"jti": "abc", "name": "Ada", "exp": 1, "aud": "somebody"}


def part(value: Any) -> str:
    return base64url_encode(json.dumps(value).encode()).decode()


def test_what_was_signed_is_read_again_and_checked_by_the_public_key_alone() -> None:
    token = signing.sign("thing", CLAIMS)
    assert signing.read("thing", token) == CLAIMS
    key = signing.public_key("thing")
    header = jwt.get_unverified_header(token)
    assert header == {"alg": "EdDSA", "typ": "thing+jwt", "kid": key.kid}
    payload = {"jti": "abc"}
    token = signing.sign("thing", payload)
    assert jwt.decode(token, key.pem, algorithms=["EdDSA"]) == payload
    assert jwt.decode(token, jwt.PyJWK(key.jwk), algorithms=["EdDSA"]) == payload


def test_the_id_of_a_key_is_its_thumbprint() -> None:
    key = signing.public_key("thing")
    members = json.dumps({name: key.jwk[name] for name in ("crv", "kty", "x")}, separators=(",", ":"))
    assert key.kid == base64url_encode(hashlib.sha256(members.encode()).digest()).decode()


def test_each_purpose_has_its_own_key() -> None:
    token = signing.sign("thing", CLAIMS)
    assert signing.public_key("thing") != signing.public_key("other")
    with pytest.raises(signing.BadSignature):
        signing.read("other", token)


def test_the_same_secret_gives_the_same_key_in_every_process(settings: Any) -> None:
    settings.SECRET_KEY = "k" * 40
    # Worked out once; whatever was signed must be checkable after every update of the server.
    assert signing.public_key("service-record").jwk["x"] == "Sbnyw8AUoRH5OPcP21n6eun6WZrJnE1rBMFtWASYm4E"


@pytest.mark.parametrize("change", ["payload", "signature", "none", "hmac", "typ", "nonsense", "empty", "long", "kid"])
def test_a_forged_or_damaged_text_is_refused(change: str) -> None:
    token = signing.sign("thing", CLAIMS)
    key = signing.public_key("thing")
    header, payload, signature = token.split(".")
    kid = {"kid": key.kid, "typ": "thing+jwt"}
    forged = {
        "payload": f"{header}.{part({**CLAIMS, 'name': 'Eve'})}.{signature}",
        "signature": f"{header}.{payload}.{base64url_encode(bytes(64)).decode()}",
        "none": f"{part({**kid, 'alg': 'none'})}.{payload}.",
        "hmac": jwt.encode(CLAIMS, base64url_decode(key.jwk["x"]), algorithm="HS256", headers=kid),
        "typ": jwt.encode(
            CLAIMS, signing._private_key("tests-only-" + "t" * 32, "thing"), "EdDSA", {**kid, "typ": "other+jwt"}
        ),
        "nonsense": "a.b.c",
        "empty": "",
        "long": token + "A" * signing.MAX_TOKEN_LENGTH,
        "kid": jwt.encode(CLAIMS, signing._private_key("x" * 40, "thing"), "EdDSA", kid),
    }[change]
    assert signing.read("thing", token) == CLAIMS
    with pytest.raises(signing.BadSignature):
        signing.read("thing", forged)


def test_a_text_that_differs_in_any_character_is_refused() -> None:
    token = signing.sign("thing", CLAIMS)
    for place in range(len(token)):
        for other in "AQgwZ_-.=\n é":
            if other != token[place]:
                with pytest.raises(signing.BadSignature):
                    signing.read("thing", token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("extra", ["=", "==", "A", "*", "\n", " ", "."])
def test_a_text_with_more_characters_is_refused(extra: str) -> None:
    token = signing.sign("thing", CLAIMS)
    for longer in (token + extra, extra + token, token[:-3] + extra + token[-3:]):
        with pytest.raises(signing.BadSignature):
            signing.read("thing", longer)


def test_a_changed_secret_still_verifies_as_a_fallback_and_no_longer_without(settings: Any) -> None:
    token = signing.sign("thing", CLAIMS)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 40
    settings.SECRET_KEY_FALLBACKS = [old]
    assert signing.read("thing", token) == CLAIMS
    assert signing.read("thing", signing.sign("thing", CLAIMS)) == CLAIMS
    assert signing.find_key("thing", token) != signing.public_key("thing")
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(signing.BadSignature):
        signing.read("thing", token)
