"""Sessions, requests, uploads and other rows about accounts, which nobody changes here."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

from domains.accounts.models import (
    Block,
    DataExport,
    EmailChange,
    Erasure,
    KnownNetwork,
    LogInCode,
    PasswordReset,
    Session,
    SignUpAttempt,
    TotpSetup,
    Upload,
    UsedProviderToken,
)
from domains.base.admin import QueueAdmin, QueueFilter, ReadOnlyAdmin


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Sessions, with their devices and times."""

    list_display = ("user", "device_name", "created_at", "rotated_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("user__email", "user__display_name", "device_name")


@admin.register(SignUpAttempt)
class SignUpAttemptAdmin(ReadOnlyAdmin):
    """Attempts to sign up that are not proved yet, without the password and the year of birth."""

    list_display = ("user", "display_name", "user_type", "zip_code", "created_at")
    list_filter = ("user_type", "created_at")
    search_fields = ("user__email", "display_name", "zip_code")
    exclude = ("password", "birth_year", "provider_uid")


@admin.register(PasswordReset)
class PasswordResetAdmin(ReadOnlyAdmin):
    """Requests for a new password; those of a day."""

    list_display = ("email", "created_at")
    list_filter = ("created_at",)
    search_fields = ("email",)


@admin.register(TotpSetup)
class TotpSetupAdmin(ReadOnlyAdmin):
    """Authenticator apps that are being set up, without their secrets."""

    list_display = ("user", "created_at")
    list_filter = ("created_at",)
    search_fields = ("user__email", "user__display_name")
    exclude = ("secret",)
    ordering = ("-created_at",)


#: django-allauth's own pages show the secrets.
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors, without their secrets; to turn one off is an action of the page about people."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at", "last_used_at")
    search_fields = ("user__email", "user__display_name")
    exclude = ("data",)


#: django-allauth's own pages show what providers say of people, and let staff change it.
for _model in (SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(_model)


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin):
    """Accounts at other providers with which people log in here."""

    list_display = ("user", "provider", "date_joined", "last_login")
    list_filter = ("provider", "date_joined", "last_login")
    search_fields = ("user__email", "user__display_name")
    exclude = ("uid", "extra_data")


@admin.register(LogInCode)
class LogInCodeAdmin(ReadOnlyAdmin):
    """One-time codes of the log-in page, of the last minute; only hashes, which nobody can log in with."""

    list_display = ("user", "created_at")
    list_filter = ("created_at",)
    search_fields = ("user__email", "user__display_name")
    exclude = ("digest", "code_challenge")
    ordering = ("-created_at",)


@admin.register(UsedProviderToken)
class UsedProviderTokenAdmin(ReadOnlyAdmin):
    """Tokens of providers that do not work again; only hashes, which do not reveal them."""

    list_display = ("digest", "expires_at")
    list_filter = ("expires_at",)
    search_fields = ("digest",)
    ordering = ("-expires_at",)


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """Files that were sent and not used yet; those of two hours. They are not shown."""

    list_display = ("user", "purpose", "filename", "content_type", "size", "created_at", "completed_at")
    list_filter = ("purpose", ("completed_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("user__email", "user__display_name", "filename")
    exclude = ("place", "file")


@admin.register(EmailChange)
class EmailChangeAdmin(ReadOnlyAdmin):
    """Changes of addresses, asked for and done; those of a month."""

    list_display = ("user", "old_email", "new_email", "created_at", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("user__display_name", "old_email", "new_email")


@admin.register(DataExport)
class DataExportAdmin(QueueAdmin):
    """Exports of people's data, without the files."""

    list_display = ("user", "status", "created_at", "expires_at", "attempts", "last_error")
    list_filter: ClassVar[Any] = (QueueFilter, "status", "created_at")
    search_fields = ("user__email", "user__display_name")
    exclude = ("file",)


@admin.register(Erasure)
class ErasureAdmin(QueueAdmin):
    """Deleted accounts: those that are being erased, and the proof of those that were, without who it was."""

    list_display = ("user_id", "closed_at", "done_at", "attempts", "last_error")
    list_filter: ClassVar[Any] = (QueueFilter, "closed_at")
    search_fields = ("=user_id",)
    exclude = ("email", "files")


@admin.register(KnownNetwork)
class KnownNetworkAdmin(ReadOnlyAdmin):
    """Networks from which people log in; only hashes, which do not reveal the network."""

    list_display = ("user", "seen_at")
    list_filter = ("seen_at",)
    search_fields = ("user__email", "user__display_name")
    exclude = ("digest",)


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    """Blocks between people."""

    list_display = ("blocker", "blocked", "created_at")
    list_filter = ("created_at",)
    search_fields = ("blocker__email", "blocked__email")
