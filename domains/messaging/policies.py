"""Who may talk with whom."""

from __future__ import annotations

from domains.accounts.models import User


def can_start_conversation(user: User) -> bool:
    """I may write to people once I have proved that my address is mine."""
    return user.is_active and user.is_email_verified
