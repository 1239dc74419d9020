"""The mail that invites somebody to a host; sent once for each time they were invited."""

from __future__ import annotations

from django.conf import settings

from domains.base.mail import send_once
from domains.opportunities import tokens
from domains.opportunities.models import HostMembership


def mail_host_invitation(*, membership_id: int) -> None:
    """Mail the key to the address that is invited, once for each time it was; a system act.

    Anybody may found an organisation under any name and invite anybody, so the mail names only a host that the
    community has verified, and no person. Nothing happens if the invitation was accepted or withdrawn in the meantime.
    """
    invitation = (
        HostMembership.objects.select_related("host")
        .filter(pk=membership_id, accepted_at__isnull=True, invited_at__isnull=False)
        .first()
    )
    if invitation is None or invitation.invited_at is None:
        return
    host = invitation.host
    key = tokens.invitation_key(membership_id=invitation.pk, email=invitation.email)
    send_once(
        f"host_invitation:{invitation.pk}:{invitation.invited_at.isoformat()}",
        template="opportunities/host_invitation",
        subject=f"Join {host.organization_name}" if host.is_verified else "You are invited to join an organization",
        to=invitation.email,
        context={
            "invitation": invitation,
            "names_host": host.is_verified,
            "key": key,
            "link": f"{settings.PUBLIC_URL}/host-invitation?key={key}",
            "days": tokens.INVITATION_LIFETIME.days,
        },
    )
