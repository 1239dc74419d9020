"""Who may see what of somebody's skills."""

from __future__ import annotations

from domains.accounts.models import User


def can_see_resume(viewer: User | None, owner_id: int) -> bool:
    """I see what came of my own resume, and an administrator does; nobody else, staff included."""
    return viewer is not None and (viewer.pk == owner_id or viewer.is_superuser)
