"""Who may answer reports."""

from __future__ import annotations

from domains.accounts.models import User
from domains.moderation.models import ContentReport


def can_review(user: User, report: ContentReport) -> bool:
    """I may answer a report if I am on the staff with the right to, and it is neither by me nor about what is mine."""
    is_mine = user.pk in {report.author_id, report.reporter_id}
    return user.is_staff and user.has_perm("moderation.change_contentreport") and not is_mine
