"""Logging in to the admin, with a second factor where there is one; failures count together with those of the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction

from domains.accounts import second_factors
from domains.accounts.models import User
from domains.accounts.services import limit_guesses, remember_network, use_second_factor
from domains.accounts.services.guesses import CODES
from domains.base.addresses import address_key
from domains.base.errors import RateLimited, Refused
from domains.base.networks import client_address


class AdminLogInForm(AdminAuthenticationForm):
    """Refuses to check a password or a code after too many wrong ones."""

    code = forms.CharField(
        required=False,
        max_length=second_factors.MAX_CODE_LENGTH,
        label="Code of your second factor, if you have one:",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )

    def clean(self) -> dict[str, Any]:
        """Count the attempt, let Django check it, ask for the code, and remember the network after a success."""
        email = address_key(self.cleaned_data.get("username") or "")
        try:
            with limit_guesses(email=email, ip_address=self._client()):
                self._refuse_long_password()
                cleaned: dict[str, Any] = super().clean()
        except RateLimited as refusal:
            raise ValidationError(refusal.problems[0].message) from None
        if (user := self.get_user()) is not None:
            self._check_second_factor(user)
            remember_network(user=user, ip_address=self._client())
        return cleaned

    def _check_second_factor(self, user: User) -> None:
        if second_factors.must_set_up(user):
            raise ValidationError(
                "Staff need a second factor here: set one up in your app, or let an operator run "
                "`manage.py set_up_mfa` with you."
            )
        if not second_factors.has_second_factor(user):
            return
        code = self._code()
        try:
            with (
                limit_guesses(email=user.email, ip_address=self._client(), limits=CODES),
                transaction.atomic(),
            ):
                use_second_factor(User.objects.select_for_update(no_key=True).get(pk=user.pk), code)
        except Refused as refusal:
            raise ValidationError({"code": refusal.problems[0].message}) from None

    def _code(self) -> str:
        if not (code := self.cleaned_data.get("code")):
            raise ValidationError({"code": "Enter the code of your authenticator app, or a recovery code."})
        return str(code)

    def _client(self) -> str:
        meta = self.request.META if self.request else {}
        return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""))

    def _refuse_long_password(self) -> None:
        """Refuse a password that is longer than any valid one, before it is hashed."""
        if len(self.cleaned_data.get("password") or "") > settings.MAX_PASSWORD_LENGTH:
            raise self.get_invalid_login_error()
