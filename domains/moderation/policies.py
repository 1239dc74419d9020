"""Who may answer reports."""

from __future__ import annotations

from django.db.models import Q

from domains.accounts.models import User, UserQuerySet
from domains.moderation.models import ContentReport


def can_review(user: User, report: ContentReport) -> bool:
    """I may answer a report if I am staff with the right to, and it is neither by me nor about my content."""
    is_mine = user.pk in {report.author_id, report.reporter_id}
    return user.has_right("moderation.change_contentreport") and not is_mine


def find_reviewers(report: ContentReport) -> UserQuerySet:
    """Return the users who may answer a report, by the rule of `can_review`."""
    right = {"codename": "change_contentreport", "content_type__app_label": "moderation"}
    has_right = (
        Q(is_superuser=True)
        | Q(**{f"user_permissions__{name}": value for name, value in right.items()})
        | Q(**{f"groups__permissions__{name}": value for name, value in right.items()})
    )
    staff: UserQuerySet = User.objects.filter(has_right, is_active=True, is_staff=True)
    mine = [key for key in (report.author_id, report.reporter_id) if key is not None]
    return staff.exclude(pk__in=mine).distinct().order_by("pk")
