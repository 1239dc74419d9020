"""Who may see what of a person's skills."""

from __future__ import annotations

from domains.accounts.models import User


def can_see_resume(viewer: User | None, owner_id: int) -> bool:
    """Only its owner sees the result of a resume; staff and administrators do not."""
    return viewer is not None and viewer.pk == owner_id
