"""Who may see what of somebody's skills."""

from __future__ import annotations

from domains.accounts.models import User


def can_see_resume(viewer: User | None, owner_id: int) -> bool:
    """I see what came of my own resume; nobody else does, staff and administrators included."""
    return viewer is not None and viewer.pk == owner_id
