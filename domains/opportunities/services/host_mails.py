"""The mails that hosts' acts lead to: an invitation, a changed opportunity, one that is called off; each sent once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import date

from domains.base.mail import send_once
from domains.opportunities import tokens
from domains.opportunities.models import HostMembership, OpportunityChange
from domains.opportunities.selectors import find_called_off, find_holders

#: What a host may change that volunteers rely on, in the words of the mail.
LABELS = {
    "start_date": "Begins",
    "end_date": "Ends",
    "location_text": "Place",
    "location_zip": "ZIP code",
    "is_remote": "Take part",
}


def mail_host_invitation(*, membership_id: int) -> None:
    """Mail the key to the address that is invited, once for each time it was; a system act.

    Nothing happens if the invitation was accepted or withdrawn in the meantime.
    """
    invitation = (
        HostMembership.objects.select_related("host", "invited_by")
        .filter(pk=membership_id, accepted_at__isnull=True, invited_at__isnull=False)
        .first()
    )
    if invitation is None or invitation.invited_at is None:
        return
    key = tokens.invitation_key(membership_id=invitation.pk, email=invitation.email)
    send_once(
        f"host_invitation:{invitation.pk}:{invitation.invited_at.isoformat()}",
        template="opportunities/host_invitation",
        subject=f"Join {invitation.host.organization_name}",
        to=invitation.email,
        context={
            "invitation": invitation,
            "key": key,
            "link": f"{settings.PUBLIC_URL}/host-invitation?key={key}",
            "days": tokens.INVITATION_LIFETIME.days,
        },
    )


def mail_opportunity_changed(*, change_id: int) -> None:
    """Tell each person who holds a place what was so and what is so now, once for each change; a system act."""
    change = _change(change_id)
    lines = [
        {"label": LABELS[name], "old": _words(name, change.before[name]), "new": _words(name, change.after[name])}
        for name in LABELS
        if name in change.after
    ]
    for person in find_holders(change=change):
        send_once(
            f"opportunity_changed:{change.pk}:{person.pk}",
            template="opportunities/opportunity_changed",
            subject=f"Changed: {change.opportunity.title}",
            to=person.email,
            context={"person": person, "opportunity": change.opportunity, "lines": lines},
        )


def mail_opportunity_cancelled(*, change_id: int) -> None:
    """Tell each person whose application ended with it that the opportunity does not take place, once; a system act."""
    change = _change(change_id)
    for person in find_called_off(change=change):
        send_once(
            f"opportunity_cancelled:{change.pk}:{person.pk}",
            template="opportunities/opportunity_cancelled",
            subject=f"Called off: {change.opportunity.title}",
            to=person.email,
            context={"person": person, "opportunity": change.opportunity, "reason": change.after["closed_reason"]},
        )


def _change(change_id: int) -> OpportunityChange:
    return OpportunityChange.objects.select_related("opportunity__host").get(pk=change_id)


def _words(name: str, value: Any) -> str:
    if name == "is_remote":
        return "from anywhere" if value else "at the place"
    if name in {"start_date", "end_date"}:
        return f"{date(datetime.fromisoformat(value), 'j F Y, H:i')} UTC"
    return str(value) or "not said"
