"""Sending a browser to a provider."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from domains.accounts.models import LogInProvider
from domains.accounts.providers.clients import callback_url, open_client, open_provider
from domains.accounts.providers.identify import NoAnswer


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and the secret with which the code that comes back is exchanged (PKCE), if any."""

    url: str
    code_verifier: str
    #: That the token of the code has to name, from providers without PKCE that repeat it.
    nonce: str


def begin(provider: LogInProvider, *, state: str) -> Departure:
    """Return where to send a browser that wants to log in; it comes back to `callback_url` with the state.

    Raises NotConfigured or NoAnswer.
    """
    opened = open_provider(provider)
    try:
        adapter, client = open_client(opened, callback_url(provider))
        client.state = state
        pkce = opened.get_pkce_params()
        verifier = pkce.pop("code_verifier", "")
        nonce = secrets.token_urlsafe(16) if provider is LogInProvider.APPLE else ""
        asked = {**opened.get_auth_params(), **pkce, **({"nonce": nonce} if nonce else {})}
        url = client.get_redirect_url(adapter.authorize_url, opened.get_scope(), asked)
    except (requests.RequestException, OAuth2Error, KeyError) as error:
        raise NoAnswer from error
    return Departure(url, verifier, nonce)
