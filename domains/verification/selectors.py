"""Questions about verifications."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from domains.accounts.models import User
from domains.verification.models import VerificationCase, VerificationKind


def find_valid_kinds(*, user: User, now: datetime) -> frozenset[VerificationKind]:
    """Return what is verified about the person now; a system question, for rules that ask for it."""
    kinds = VerificationCase.objects.valid(now=now).filter(user=user).values_list("kind", flat=True)
    return frozenset(VerificationKind(kind) for kind in kinds)


def find_valid_kinds_by_user(*, user_ids: Collection[int], now: datetime) -> dict[int, set[VerificationKind]]:
    """Return what is verified now about each of these people, by person; a system question."""
    valid: dict[int, set[VerificationKind]] = {}
    rows = VerificationCase.objects.valid(now=now).filter(user__in=user_ids)
    for user_id, kind in rows.values_list("user_id", "kind"):
        valid.setdefault(user_id, set()).add(VerificationKind(kind))
    return valid
