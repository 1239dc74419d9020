"""Questions about verifications."""

from __future__ import annotations

from datetime import datetime

from domains.accounts.models import User
from domains.verification.models import VerificationCase, VerificationKind


def find_valid_kinds(*, user: User, now: datetime) -> frozenset[VerificationKind]:
    """Return what is verified about the person now; a system question, for rules that ask for it."""
    kinds = VerificationCase.objects.valid(now=now).filter(user=user).values_list("kind", flat=True)
    return frozenset(VerificationKind(kind) for kind in kinds)
