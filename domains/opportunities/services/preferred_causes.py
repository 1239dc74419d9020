"""The causes that people prefer: a part of the profile that `update_profile` stores."""

from __future__ import annotations

from collections.abc import Sequence

from domains.accounts.models import User
from domains.accounts.services import ProfilePart, keep_profile_part
from domains.base.errors import Problem
from domains.opportunities.models import PreferredCause
from domains.opportunities.services.drafts import MAX_CAUSES, problems_of_causes


def store_preferred_causes(user: User, cause_ids: Sequence[int]) -> None:
    """The person, whose row is locked, prefers these causes and no others; the caller has checked them."""
    preferred = PreferredCause.objects.filter(user=user)
    preferred.exclude(cause__in=cause_ids).delete()
    new = set(cause_ids) - set(preferred.values_list("cause", flat=True))
    PreferredCause.objects.bulk_create(PreferredCause(user=user, cause_id=cause_id) for cause_id in sorted(new))


def _find_problems(cause_ids: Sequence[int]) -> list[Problem]:
    return problems_of_causes(cause_ids, too_many=f"Choose at most {MAX_CAUSES} causes.")


keep_profile_part("cause_ids", ProfilePart(_find_problems, store_preferred_causes))
