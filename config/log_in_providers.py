"""The providers of log-ins, in the form in which django-allauth wants them: only those that the environment names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: OpenID Connect with discovery; LinkedIn's and Google's addresses come from these documents.
GOOGLE_URL = "https://accounts.google.com"
LINKEDIN_URL = "https://www.linkedin.com/oauth"
FACEBOOK_FIELDS = ["id", "name", "email"]


def providers_of(env: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of SOCIALACCOUNT_PROVIDERS.

    An app's `client_ids` are all those for which a token may have been issued; the first one is this server's own.
    """
    openid = [
        _openid(env, "google", "Google", GOOGLE_URL, has_pkce=True),
        # LinkedIn refuses a verifier from a server that has a secret.
        _openid(env, "linkedin", "LinkedIn", LINKEDIN_URL, has_pkce=False),
    ]
    return {
        "openid_connect": {"APPS": [app for app in openid if app["client_id"]]},
        "facebook": {"APPS": _facebook(env), "FIELDS": FACEBOOK_FIELDS, "SCOPE": ["email", "public_profile"]},
        "apple": {"APPS": _apple(env)},
    }


def _openid(env: Mapping[str, Any], provider_id: str, name: str, server_url: str, *, has_pkce: bool) -> dict[str, Any]:
    client_ids = env[f"{provider_id.upper()}_CLIENT_ID"]
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": next(iter(client_ids), ""),
        "secret": env[f"{provider_id.upper()}_CLIENT_SECRET"],
        "settings": {
            "server_url": server_url,
            "client_ids": client_ids,
            "oauth_pkce_enabled": has_pkce,
            "token_auth_method": "client_secret_post",
        },
    }


def _facebook(env: Mapping[str, Any]) -> list[dict[str, Any]]:
    client_ids, secret = env["FACEBOOK_CLIENT_ID"], env["FACEBOOK_CLIENT_SECRET"]
    app = {"name": "Facebook", "secret": secret, "settings": {"client_ids": client_ids}}
    return [app | {"client_id": client_ids[0]}] if client_ids else []


def _apple(env: Mapping[str, Any]) -> list[dict[str, Any]]:
    client_ids = env["APPLE_CLIENT_ID"]
    app = {
        "name": "Apple",
        "secret": env["APPLE_KEY_ID"],
        "key": env["APPLE_TEAM_ID"],
        "settings": {"client_ids": client_ids, "certificate_key": env["APPLE_PRIVATE_KEY"]},
    }
    return [app | {"client_id": client_ids[0]}] if client_ids else []
