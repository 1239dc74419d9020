"""The type of notification templates, and helpers for their texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.template.defaultfilters import date

from domains.geo.selectors import zip_time_zone
from domains.notifications.models import Notification
from domains.notifications.services.mails import MailContent
from domains.opportunities.eligibility import HeldSlot

#: Beginning of the sentence for a volunteer with overlapping slots.
OVERLAP_PREFIX = "At the same time you hold"
WITHDRAW_FROM_ONE = "If you can't do both, withdraw from one, so that somebody else gets the slot."


@dataclass(frozen=True)
class NotificationTemplate:
    """Two functions: one writes the mail about a notification (None if its row is gone), one notifies about a row."""

    mail: Callable[[Notification], MailContent | None]
    notify: Callable[[int], None] | None = None


def plain_mail(notification: Notification) -> MailContent:
    """Return a mail with the title and text of the notification."""
    context = {"notification": notification, "person": notification.recipient}
    return MailContent(template="notifications/plain", subject=notification.title, context=context)


def first_time_zone(*zip_codes: str) -> tzinfo:
    """Return the time zone of the first of these ZIP codes that has a known one, or UTC."""
    return next((zone for code in zip_codes if (zone := zip_time_zone(code))), UTC)


def format_local_time(moment: datetime, zone: tzinfo) -> str:
    """Return the local time in the zone, with the zone's name: 4 May 2031, 10:00 PDT."""
    return date(moment.astimezone(zone), "j F Y, H:i T")


def format_slots(slots: Sequence[HeldSlot]) -> str:
    """Return the slots by the names of their opportunities and roles."""
    return ", ".join(f"“{slot.opportunity_title}” (as {slot.role_title})" for slot in slots)


def changed_lines(
    labels: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any], *, zip_code: str
) -> list[dict[str, str]]:
    """Return the label, the old and the new value of each changed column, in the order of the labels.

    Both are in one time zone, so that the times can be compared: that of the new ZIP code, or else of the old one.
    """
    zone = first_time_zone(after.get("location_zip", zip_code), before.get("location_zip", ""))
    return [
        {
            "label": label,
            "old": _format_value(name, before[name], zone),
            "new": _format_value(name, after[name], zone),
        }
        for name, label in labels.items()
        if name in after
    ]


def _format_value(name: str, value: Any, zone: tzinfo) -> str:
    if name == "is_remote":
        return "from anywhere" if value else "at the place"
    if name.endswith("_date"):
        return format_local_time(datetime.fromisoformat(value), zone)
    return str(value) or "not said"
