"""Logging in to the admin, with a second factor where there is one, and changing the own password there.

Failures count together with those of the API, and a changed password ends what it ends there.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse_lazy

from domains.accounts import second_factors
from domains.accounts.errors import AccountCode
from domains.accounts.models import User
from domains.accounts.services import limit_guesses, remember_network, set_password, use_second_factor
from domains.accounts.services.guesses import CODES
from domains.accounts.services.log_in import is_password
from domains.base.addresses import address_key
from domains.base.errors import Refused
from domains.base.networks import client_address


class AdminLogInForm(AdminAuthenticationForm):
    """Refuses to check a password or a code after too many wrong ones."""

    code = forms.CharField(
        required=False,
        max_length=second_factors.MAX_CODE_LENGTH,
        label="Second factor, if you have one:",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )

    def clean(self) -> dict[str, Any]:
        """Count the attempt, let Django check it, ask for the code, and remember the network after a success."""
        email = address_key(self.cleaned_data.get("username") or "")
        try:
            with limit_guesses(email=email, ip_address=client_of(self.request)):
                self._refuse_long_password()
                cleaned: dict[str, Any] = super().clean()
        except Refused as refusal:
            raise ValidationError(refusal.problems[0].message) from None
        if (user := self.get_user()) is not None:
            self._check_second_factor(user)
            remember_network(user=user, ip_address=client_of(self.request))
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
                limit_guesses(email=user.email, ip_address=client_of(self.request), limits=CODES),
                transaction.atomic(),
            ):
                use_second_factor(User.objects.select_for_update(no_key=True).get(pk=user.pk), code)
        except Refused as refusal:
            raise ValidationError({"code": refusal.problems[0].message}) from None

    def _code(self) -> str:
        if not (code := self.cleaned_data.get("code")):
            raise ValidationError({"code": "Enter the code of your authenticator app, or a recovery code."})
        return str(code)

    def _refuse_long_password(self) -> None:
        """Refuse a password that is longer than any valid one, before it is hashed."""
        if len(self.cleaned_data.get("password") or "") > settings.MAX_PASSWORD_LENGTH:
            raise self.get_invalid_login_error()


class OwnPasswordForm(AdminPasswordChangeForm):
    """A new password for the logged-in user; guesses at the old one are limited as at a log-in."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Count the guess before the password is checked."""
        try:
            with limit_guesses(email=self.user.email, ip_address=client_of(self.request)):
                if not is_password(self.cleaned_data["old_password"], self.user.password):
                    raise Refused.because(AccountCode.BAD_CREDENTIALS, "This is not your password.", "old_password")
        except Refused as refusal:
            raise ValidationError(refusal.problems[0].message) from None
        return str(self.cleaned_data["old_password"])

    def save(self, commit: bool = True) -> User:  # Django's shape
        """Store the password, end all sessions of the API, and tell the person by mail."""
        person: User = super().save(commit=False)
        with transaction.atomic():
            set_password(User.objects.select_for_update(no_key=True).get(pk=person.pk), person.password)
        return person


class OwnPasswordView(PasswordChangeView):
    """The admin's page for it, in place of Django's, whose form can't be chosen."""

    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("admin:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the request, whose address counts."""
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the admin's pages show around."""
        return {**super().get_context_data(**kwargs), **admin.site.each_context(self.request)}


def may_enter(request: HttpRequest) -> bool:
    """Tell whether the admin is open to the request's user: staff, with a second factor where it is required."""
    user = request.user
    # As Django says, and not by way of an instance, whose method this replaces.
    is_open = admin.AdminSite.has_permission(admin.site, request)
    return is_open and isinstance(user, User) and not second_factors.must_set_up(user)


def client_of(request: HttpRequest | None) -> str:
    """Return the address that the request comes from."""
    meta = request.META if request else {}
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""))
