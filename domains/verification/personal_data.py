"""What is held about people's verifications, for exports and for erasures."""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, register
from domains.verification.models import VerificationCase

register(
    PersonalRows(
        VerificationCase, "user", "verifications", ("kind", "status", "requested_at", "decided_at", "expires_at")
    ),
)
