"""The providers that the environment names, as django-allauth's classes."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.facebook import flows
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from domains.accounts.models import LogInProvider

#: The token of this server's app at Facebook stays in this process, and works while the shared cache is down.
flows.cache = caches["local"]  # type: ignore[attr-defined] # it imports it


class NotConfigured(Exception):
    """This server has no log-in with the provider."""


def list_configured() -> list[LogInProvider]:
    """Return the providers that the environment names."""
    names = {app.provider_id or app.provider for app in get_adapter().list_apps(HttpRequest())}
    return [provider for provider in LogInProvider if provider.value.lower() in names]


def open_provider(provider: LogInProvider) -> Any:
    """Return django-allauth's object for the provider, with a copy of its app; raises NotConfigured."""
    if provider not in list_configured():
        raise NotConfigured
    return get_adapter().get_provider(HttpRequest(), provider=provider.value.lower())


def open_client(provider: Any, callback_url: str) -> tuple[Any, Any]:
    """Return django-allauth's adapter and its OAuth client for codes that are sent to the address."""
    adapter = provider.get_oauth2_adapter(provider.request)
    adapter.get_callback_url = lambda *_: callback_url
    return adapter, adapter.get_client(provider.request, provider.app)


def callback_url(provider: LogInProvider) -> str:
    """Return the address on this server that the provider sends codes to."""
    return f"{settings.PUBLIC_URL}/accounts/{provider.value.lower()}/callback/"
