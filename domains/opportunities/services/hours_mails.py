"""The mails about hours, each sent once."""

from __future__ import annotations

from domains.base.mail import send_once
from domains.opportunities.models import HoursEntry


def mail_hours_reviewed(*, hours_entry_id: int) -> None:
    """Tell the volunteer what the host said about their hours, once; nobody whose account is closed. A system act."""
    entry = (
        HoursEntry.objects.select_related("application__role__opportunity__host", "volunteer", "corrects")
        .filter(pk=hours_entry_id, volunteer__is_active=True)
        .first()
    )
    if entry is None:
        return
    send_once(
        f"hours_reviewed:{hours_entry_id}",
        template="opportunities/hours_reviewed",
        subject=f"Your hours: {entry.application.role.opportunity.title}",
        to=entry.volunteer.email,
        context={"entry": entry},
    )
