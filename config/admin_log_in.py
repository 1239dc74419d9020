"""Logging in to the admin: its guesses are counted together with those of the API."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from domains.accounts.models import normalize_email
from domains.accounts.services.log_in import spend_guess
from domains.base.errors import Refused


class AdminLogInForm(AdminAuthenticationForm):
    """Refuses to look at a password after too many wrong ones."""

    def clean(self) -> dict[str, Any]:
        """Count the guess, then let Django check it."""
        peer = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        try:
            spend_guess(email=normalize_email(self.cleaned_data.get("username") or ""), ip_address=peer)
        except Refused as refusal:
            raise ValidationError(refusal.problems[0].message) from None
        return super().clean()
