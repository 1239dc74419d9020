"""`manage.py make_groups`: groups of staff, with only the permissions that their jobs need."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q

#: By group, the permissions as `APP.CODENAME`. `docs/safety.md` describes them.
GROUPS: dict[str, tuple[str, ...]] = {
    "Moderators": (
        "moderation.view_contentreport",
        "moderation.change_contentreport",
        "moderation.view_reportnote",
        "moderation.view_reportfile",
        "opportunities.view_opportunity",
        "opportunities.view_opportunityhost",
    ),
    "Account support": (
        "accounts.view_user",
        "accounts.change_user",
        "accounts.view_userprofile",
        "accounts.view_session",
        "accounts.view_signupattempt",
    ),
    "Community support": (
        "opportunities.view_application",
        "opportunities.view_hostmembership",
        "opportunities.view_hoursentry",
        "opportunities.view_opportunity",
        "opportunities.view_opportunityhost",
        "events.view_event",
        "events.view_eventticket",
        "learning.view_course",
    ),
    "Developers": ("accounts.use_graphiql",),
}


class Command(BaseCommand):
    """Safe to run again: permissions that an administrator has added to a group stay."""

    help = "Makes groups of staff, or adds to them the permissions that they lack."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Create each group, and print its permissions."""
        for name, permissions in GROUPS.items():
            group, is_new = Group.objects.get_or_create(name=name)
            group.permissions.add(*_find(permissions))
            self.stdout.write(f"{name}: {'made' if is_new else 'was there'}; {', '.join(permissions)}")


def _find(names: tuple[str, ...]) -> list[Permission]:
    wanted = Q()
    for name in names:
        label, codename = name.split(".")
        wanted |= Q(content_type__app_label=label, codename=codename)
    found = list(Permission.objects.filter(wanted))
    if len(found) != len(names):
        raise LookupError(f"not all of these permissions exist: {', '.join(names)}")
    return found
