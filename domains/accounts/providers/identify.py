"""Whom a provider's token or code stands for, proved by asking the provider or by its signature."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import requests
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.apple.views import AppleOAuth2Adapter
from allauth.socialaccount.providers.base.provider import ProviderException
from allauth.socialaccount.providers.facebook.flows import JWT_FIELD_TO_GRAPH_API_FIELD_MAP
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.exceptions import ImproperlyConfigured, ValidationError

from domains.accounts.models import LogInProvider
from domains.accounts.providers.clients import open_client, open_provider
from domains.base.addresses import parse_address

logger = logging.getLogger(__name__)
#: Longer tokens and codes are refused before anything is parsed; a PKCE verifier has at most 128 characters.
MAX_PROOF_LENGTH, MAX_VERIFIER_LENGTH = 8192, 128
#: The column's.
MAX_UID_LENGTH, MAX_URL_LENGTH, MAX_SKILLS, MAX_SKILL_LENGTH = 191, 2000, 100, 120
CLOCK_TOLERANCE = timedelta(seconds=10)
ALGORITHMS = {"RS256", "ES256"}
#: LinkedIn and Apple say "true" as text.
_TRUE = (True, "true")


class NotProved(Exception):
    """The token or code is forged, damaged, expired, used or made for somebody else."""


class NoAnswer(Exception):
    """The provider could not be asked."""


@dataclass(frozen=True)
class Proof:
    """What a frontend got from a provider: one of the first three, with what belongs to it."""

    provider: LogInProvider
    id_token: str = ""
    access_token: str = ""
    code: str = ""
    #: Where the provider sent the code to.
    redirect_uri: str = ""
    #: With which the code was asked for (PKCE), if it was.
    code_verifier: str = ""
    #: That the frontend gave to the provider, if it did.
    nonce: str = ""
    #: That the provider told beside its token, as Apple does once; where the token has none, it is the display name.
    name: str = ""


@dataclass(frozen=True)
class Identity:
    """A person, as a provider knows them. The provider's id stays the same; all else may change."""

    provider: LogInProvider
    uid: str
    #: In the form in which addresses are stored; None if the provider gave none, or none that can be used.
    email: str | None = None
    is_email_verified: bool = False
    display_name: str = ""
    picture_url: str = ""
    profile_url: str = ""
    #: Names of skills, where a provider gives them.
    skills: tuple[str, ...] = ()
    #: Of the token that proved it, which is used up; a code is used up by its provider.
    token_digest: str = ""
    token_expires_at: datetime | None = None


def identify(proof: Proof) -> Identity:
    """Return whom the proof stands for; raises NotProved, NoAnswer or NotConfigured.

    Takes as long as the provider does, up to some seconds: call it while no connection is held.
    """
    texts = (proof.id_token, proof.access_token, proof.code)
    if max(map(len, texts)) > MAX_PROOF_LENGTH or len(proof.code_verifier) > MAX_VERIFIER_LENGTH:
        raise NotProved
    try:
        identity = _verify_id_token(proof) if proof.id_token else _ask(proof)
    except (requests.RequestException, OAuth2Error, ProviderException, ValidationError, jwt.PyJWTError) as error:
        logger.info("%s does not confirm a log-in: %s", proof.provider.label, type(error).__name__)
        raise (NoAnswer if _is_silence(error) else NotProved) from error
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise NotProved from error  # what it says has another form than it should
    except ImproperlyConfigured as error:  # django-allauth's word for an id that is too long, and for a bad key
        logger.warning("%s: %s", proof.provider.label, error)
        raise NotProved from error
    return replace(identity, display_name=identity.display_name or _clean(proof.name))


def _is_silence(error: BaseException) -> bool:
    """Tell whether the provider could not be asked; a refusal of the provider is an answer."""
    cause = error if isinstance(error, requests.RequestException) else error.__cause__
    return isinstance(cause, requests.RequestException) and not isinstance(cause, requests.HTTPError)


def _verify_id_token(proof: Proof) -> Identity:
    header = jwt.get_unverified_header(proof.id_token)
    if header.get("alg") not in ALGORITHMS or not isinstance(header.get("kid"), str):
        raise NotProved
    provider = open_provider(proof.provider)
    keys_url, issuer = _signer(provider)
    algorithm, key = jwtkit.fetch_key(proof.id_token, keys_url, jwtkit.lookup_kid_jwk)
    claims = jwt.decode(
        proof.id_token,
        key,
        algorithms=[algorithm],
        audience=provider.app.settings["client_ids"],
        issuer=issuer,
        leeway=CLOCK_TOLERANCE,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    if claims.get("nonce", "") != proof.nonce:
        raise NotProved
    if proof.provider is LogInProvider.FACEBOOK:
        claims = {JWT_FIELD_TO_GRAPH_API_FIELD_MAP.get(name, name): value for name, value in claims.items()}
    return replace(
        identity_of(provider.sociallogin_from_response(provider.request, claims)),
        # Of the part that is signed: a signature may be written in several ways.
        token_digest=hashlib.sha256(proof.id_token.rpartition(".")[0].encode()).hexdigest(),
        token_expires_at=datetime.fromtimestamp(claims["exp"], UTC) + CLOCK_TOLERANCE,
    )


def _signer(provider: Any) -> tuple[str, str]:
    """Return where the provider's keys are, and its name in tokens."""
    if provider.id == "apple":
        return AppleOAuth2Adapter.public_key_url, "https://appleid.apple.com"
    if provider.id == "facebook":
        return provider.limited_login_jwks_url, provider.limited_login_expected_jwt_issuer
    described = provider.get_oauth2_adapter(provider.request).openid_config
    return described["jwks_uri"], described["issuer"]


def _ask(proof: Proof) -> Identity:
    provider = open_provider(proof.provider)
    if proof.access_token:
        return identity_of(provider.verify_token(provider.request, {"access_token": proof.access_token}))
    adapter, client = open_client(provider, proof.redirect_uri)
    response = client.get_access_token(proof.code, pkce_code_verifier=proof.code_verifier or None)
    adapter.did_fetch_access_token = True
    token = adapter.parse_token(response)
    login = adapter.complete_login(provider.request, provider.app, token, response=response)
    if proof.nonce and _claims(login.account.extra_data).get("nonce") != proof.nonce:
        raise NotProved
    return identity_of(login)


def identity_of(login: Any) -> Identity:
    """Return the person of a `SocialLogin` that django-allauth has verified; raises NotProved if its parts differ."""
    said = login.account.extra_data
    claims, uid = _claims(said), login.account.uid
    if not uid or len(uid) > MAX_UID_LENGTH or _clean(uid) != uid:
        raise NotProved
    email, is_verified = _address(said)
    provider = LogInProvider(login.account.provider.upper())
    skills = claims.get("skills")
    return Identity(
        provider=provider,
        uid=uid,
        email=email,
        is_email_verified=is_verified and provider is not LogInProvider.FACEBOOK,
        display_name=_name(claims),
        picture_url=_text(claims, "picture")[: MAX_URL_LENGTH + 1],
        profile_url=_text(claims, "profile") if provider is LogInProvider.LINKEDIN else "",
        skills=tuple(_clean(one)[:MAX_SKILL_LENGTH] for one in skills[:MAX_SKILLS] if isinstance(one, str))
        if isinstance(skills, list)
        else (),
    )


def _claims(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the provider says about the person, from its token and its answer, which must agree on who it is."""
    token, answer = said.get("id_token"), said.get("userinfo")
    if not isinstance(token, dict) and not isinstance(answer, dict):
        return dict(said)
    if token and answer and token["sub"] != answer["sub"]:
        raise NotProved
    return {**(token or {}), **(answer or {})}


def _address(said: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Return the address, and whether the provider has verified it in the form in which it is stored.

    Both are taken from the same place: an answer with an address, else the token.
    """
    places = [one for one in (said.get("userinfo"), said.get("id_token")) if isinstance(one, dict) and "email" in one]
    claims = places[0] if places else said
    written = _text(claims, "email")
    with suppress(ValidationError):
        address = parse_address(written)
        return address, claims.get("email_verified") in _TRUE and written.lower() == address
    return None, False


def _name(claims: Mapping[str, Any]) -> str:
    parts = (_text(claims, "given_name"), _text(claims, "family_name"))
    return _text(claims, "name") or " ".join(part for part in parts if part)


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return _clean(value) if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Return the text without what no database stores: control characters, and halves of surrogate pairs."""
    return "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cs"}).strip()
