"""Who may do what with accounts."""

from __future__ import annotations

from domains.accounts.models import User, UserType


def can_see_private_fields(viewer: User | None, person: User) -> bool:
    """I see my own address and place, and staff see everybody's; nobody else does."""
    return viewer is not None and (viewer.pk == person.pk or viewer.is_staff)


def can_volunteer(user: User) -> bool:
    """I may volunteer if I said that I am here for it."""
    return user.user_type in {UserType.VOLUNTEER, UserType.BOTH}


def can_host(user: User) -> bool:
    """I may found an organisation if I said that I am here to host."""
    return user.user_type in {UserType.HOST, UserType.BOTH}
