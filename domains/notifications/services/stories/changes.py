"""What hosts change about what they had published: those who rely on it are told."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from domains.accounts.models import User
from domains.notifications.models import Notification, NotificationKind
from domains.notifications.services.letters import Letter
from domains.notifications.services.notify import Subject, notify
from domains.notifications.services.stories.shapes import in_words, source_of, zone_of
from domains.opportunities.models import OpportunityChange
from domains.opportunities.selectors import find_called_off, find_holders, find_managers

#: What a host may change that volunteers rely on, in the words of the mail.
LABELS = {
    "start_date": "Begins",
    "end_date": "Ends",
    "location_text": "Place",
    "location_zip": "ZIP code",
    "is_remote": "Take part",
}


def tell_changed(change_id: int) -> None:
    """Tell each person who holds a place what is so now."""
    change = _find_change(change_id)
    if change is None:
        return
    lines = [f"{line['label']}: {line['new']}" for line in _lines(change)]
    _tell(change, "opportunity_changed", people=list(find_holders(change=change)), body="\n".join(lines))


def letter_changed(notification: Notification) -> Letter | None:
    """Return the mail that says what was so and what is so now."""
    change = _find_change(source_of(notification))
    if change is None:
        return None
    context = {"person": notification.recipient, "opportunity": change.opportunity, "lines": _lines(change)}
    return Letter(template="notifications/opportunity_changed", subject=_title(change), context=context)


def tell_cancelled(change_id: int) -> None:
    """Tell each person whose application ended with it that the opportunity does not take place.

    Where the staff called it off, those who run the host are told, too.
    """
    change = _find_change(change_id)
    if change is None:
        return
    reason = change.after["closed_reason"]
    is_by_staff = _is_by_staff(change)
    adds = reason if is_by_staff else reason and f"They add: {reason}"
    body = " ".join(["Your application ends with it.", adds]).strip()
    applicants = list(find_called_off(change=change))
    _tell(change, "opportunity_cancelled", people=applicants, body=body)
    if is_by_staff:
        managers = find_managers(host_id=change.opportunity.host_id or 0)
        _tell(change, "opportunity_cancelled", people=list(managers), body=reason)


def letter_cancelled(notification: Notification) -> Letter | None:
    """Return the mail that says that it does not take place, and why."""
    change = _find_change(source_of(notification))
    if change is None:
        return None
    return Letter(
        template="notifications/opportunity_cancelled",
        subject=_title(change),
        context={
            "person": notification.recipient,
            "opportunity": change.opportunity,
            "begins": in_words(change.opportunity.start_date, zone_of(change.opportunity.location_zip)),
            "reason": change.after["closed_reason"],
            "is_by_staff": _is_by_staff(change),
            "had_applied": find_called_off(change=change).filter(pk=notification.recipient_id).exists(),
        },
    )


def _tell(change: OpportunityChange, story: str, *, people: list[User], body: str) -> None:
    notify(
        recipient_ids=[person.pk for person in people],
        kind=NotificationKind.OPPORTUNITY_CHANGED,
        key=f"{story}:{change.pk}",
        title=_title(change),
        body=body,
        subject=Subject("Opportunity", change.opportunity_id),
    )


def _title(change: OpportunityChange) -> str:
    word = "Called off" if "closed_reason" in change.after else "Changed"
    return f"{word}: {change.opportunity.title}"


def _is_by_staff(change: OpportunityChange) -> bool:
    return bool(change.after.get("by_staff"))


def _find_change(change_id: int) -> OpportunityChange | None:
    return OpportunityChange.objects.select_related("opportunity__host").filter(pk=change_id).first()


def _lines(change: OpportunityChange) -> list[dict[str, str]]:
    # One zone for both, so that the times can be compared.
    zone = zone_of(
        change.after.get("location_zip", change.opportunity.location_zip), change.before.get("location_zip", "")
    )
    return [
        {
            "label": LABELS[name],
            "old": _words(name, change.before[name], zone),
            "new": _words(name, change.after[name], zone),
        }
        for name in LABELS
        if name in change.after
    ]


def _words(name: str, value: Any, zone: tzinfo) -> str:
    if name == "is_remote":
        return "from anywhere" if value else "at the place"
    if name in {"start_date", "end_date"}:
        return in_words(datetime.fromisoformat(value), zone)
    return str(value) or "not said"
