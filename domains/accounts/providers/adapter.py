"""What django-allauth asks of this project about log-ins with other providers."""

from __future__ import annotations

from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp

from domains.accounts.providers.requests_to_providers import ProviderSession


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Providers come from the environment alone, and are asked with care."""

    def list_apps(self, _request: Any, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        """Return the providers that the environment names, without a statement."""
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for group in apps.values() for app in group]

    def get_requests_session(self) -> requests.Session:
        """Return the session in which providers are asked."""
        return ProviderSession()
