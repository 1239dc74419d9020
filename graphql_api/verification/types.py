"""Verifications as the API shows them."""

from __future__ import annotations

import strawberry

from domains.verification import models

strawberry.enum(models.VerificationKind, description="What the community can verify about a person.")
VerificationKind = models.VerificationKind
