"""Tokens that somebody else made: each is an error, none is a stranger, none is asked the network about."""

from __future__ import annotations

import base64
import json
import socket
import time
from typing import Any, NoReturn

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from domains.accounts import tokens
from domains.accounts.models import Session
from tests.factories import SessionFactory

YEAR = 365 * 86_400


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def part(content: Any) -> str:
    return encoded(json.dumps(content).encode())


def forged(session: Session, kind: str) -> str:
    """Return a token of the kind, made from a good one of the session."""
    pair = tokens.issue_tokens(session)
    good = pair.access_token
    _, body, signature = good.split(".")
    header, claims = jwt.get_unverified_header(good), jwt.decode(good, options={"verify_signature": False})
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = rsa_key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    theirs = "k" * 64

    def signed_by_them(changed: dict[str, Any] | None = None, **more: Any) -> str:
        return jwt.encode({**claims, **(changed or {})}, theirs, algorithm="HS256", headers={**header, **more})

    made = {
        "alg none": f"{part({**header, 'alg': 'none'})}.{body}.",
        "alg None": f"{part({**header, 'alg': 'None'})}.{body}.",
        "alg nOnE": f"{part({**header, 'alg': 'nOnE'})}.{body}.{signature}",
        "alg RS256": jwt.encode(claims, rsa_key, algorithm="RS256"),
        "a public key as secret": f"{part({**header, 'alg': 'HS256'})}.{body}.{part(pem.decode())}",
        "another key": signed_by_them(),
        "the key in the head": signed_by_them(jwk={"kty": "oct", "k": part(theirs)}),
        "the key by address": signed_by_them(jku="http://127.0.0.1:9/keys", x5u="http://127.0.0.1:9/cert"),
        "a path as key id": signed_by_them(kid="../../dev/null"),
        "SQL as key id": signed_by_them(kid="' UNION SELECT 'k' --"),
        "a list as key id": f"{part({**header, 'kid': ['a', {}]})}.{body}.{signature}",
        "a critical header": f"{part({**header, 'crit': ['exp']})}.{body}.{signature}",
        "expired": signed_by_them({"exp": int(time.time()) - YEAR}),
        "exp as text": f"{part(header)}.{part({**claims, 'exp': 'x'})}.{signature}",
        "exp without end": ".".join([part(header), encoded(b'{"exp": 1e400}'), signature]),
        "more rights": f"{part(header)}.{part({**claims, 'sid': session.pk + 1})}.{signature}",
        "a refresh token": pair.refresh_token,
        "no signature": f"{part(header)}.{body}",
        "100 kB": good + "A" * 100_000,
        "10,000 levels": ".".join([part(header), encoded(b"[" * 10_000), signature]),
        "nothing": "",
        "words": "let me in",
    }
    return made[kind]


KINDS = [
    *("alg none", "alg None", "alg nOnE", "alg RS256", "a public key as secret", "another key", "the key in the head"),
    *("the key by address", "a path as key id", "SQL as key id", "a list as key id", "a critical header", "expired"),
    *("exp as text", "exp without end", "more rights", "a refresh token", "no signature", "100 kB", "10,000 levels"),
    *("nothing", "words"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_token_is_an_error(db: None, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    session = SessionFactory()
    token = forged(session, kind)

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("the token was asked the network about")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    response = Client(raise_request_exception=False).post(
        "/graphql/",
        {"query": "{ me { id } }"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert (response.json().get("data") or {}).get("me") is None


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "bearer x", "Token x", "Bearer  ", "Bearer a b"])
def test_what_is_no_bearer_token_is_an_error_too(db: None, header: str) -> None:
    assert code_of(header) == "UNAUTHENTICATED"


def code_of(authorization: str) -> str:
    """Return the code of the one error that a request with this header is answered."""
    response = Client(raise_request_exception=False).post(
        "/graphql/",
        {"query": "{ me { id } }"},
        content_type="application/json",
        headers={"Authorization": authorization},
    )
    answer = response.json()
    assert (answer.get("data") or {}).get("me") is None
    (error,) = answer["errors"]
    code: str = error["extensions"]["code"]
    return code
