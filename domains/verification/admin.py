"""Verifications of people; only the decision is stored."""

from __future__ import annotations

from django.contrib import admin

from domains.base.admin import TableAdmin
from domains.verification.models import VerificationCase


@admin.register(VerificationCase)
class VerificationCaseAdmin(TableAdmin):
    """The cases, and until when they are valid."""

    list_display = ("user", "kind", "status", "requested_at", "decided_at", "expires_at")
    list_filter = ("kind", "status", "requested_at")
    search_fields = ("user__email", "user__display_name")
    autocomplete_fields = ("user",)
