"""Queries about verifications."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from domains.accounts.models import User
from domains.verification.models import VerificationCase, VerificationKind


def find_valid_kinds(*, user: User, now: datetime) -> frozenset[VerificationKind]:
    """Return the kinds of verification that are valid for the person now; a system query, for rules that need it."""
    kinds = VerificationCase.objects.valid(now=now).filter(user=user).values_list("kind", flat=True)
    return frozenset(VerificationKind(kind) for kind in kinds)


def find_valid_kinds_by_user(*, user_ids: Collection[int], now: datetime) -> dict[int, set[VerificationKind]]:
    """Return, by person, the kinds of verification that are valid now; a system query."""
    valid: dict[int, set[VerificationKind]] = {}
    rows = VerificationCase.objects.valid(now=now).filter(user__in=user_ids)
    for user_id, kind in rows.values_list("user_id", "kind"):
        valid.setdefault(user_id, set()).add(VerificationKind(kind))
    return valid
