"""Logging in to the admin; failed attempts are counted together with those of the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from domains.accounts.services import limit_guesses, remember_network
from domains.base.addresses import address_key
from domains.base.errors import RateLimited
from domains.base.networks import client_address


class AdminLogInForm(AdminAuthenticationForm):
    """Refuses to check a password after too many wrong ones."""

    def clean(self) -> dict[str, Any]:
        """Count the attempt, let Django check it, and remember the network after a success."""
        email = address_key(self.cleaned_data.get("username") or "")
        try:
            with limit_guesses(email=email, ip_address=self._client()):
                self._refuse_long_password()
                cleaned: dict[str, Any] = super().clean()
        except RateLimited as refusal:
            raise ValidationError(refusal.problems[0].message) from None
        if (user := self.get_user()) is not None:
            remember_network(user=user, ip_address=self._client())
        return cleaned

    def _client(self) -> str:
        meta = self.request.META if self.request else {}
        return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""))

    def _refuse_long_password(self) -> None:
        """Refuse a password that is longer than any valid one, before it is hashed."""
        if len(self.cleaned_data.get("password") or "") > settings.MAX_PASSWORD_LENGTH:
            raise self.get_invalid_login_error()
