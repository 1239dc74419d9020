"""The mails to members of hosts: the invitation, once each time, and that a host is theirs now."""

from __future__ import annotations

from django.conf import settings

from domains.base import mail
from domains.base.models import MailJob
from domains.opportunities import tokens
from domains.opportunities.models import HostMembership, MembershipRole

HOST_INVITATION, HOST_HANDED_OVER = "host_invitation", "host_handed_over"


def queue_host_invitation_mail(*, membership_id: int) -> None:
    """Queue the mail of an invitation, once each time the owner invites; a system act."""
    invitation = _find_open_invitation(membership_id)
    if invitation is not None:
        mail.enqueue(kind=HOST_INVITATION, source_id=invitation.pk, occasion=_occasion(invitation))


@mail.writes(HOST_INVITATION)
def write_host_invitation_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail with the key of an invitation; None if it was accepted, withdrawn or sent again meanwhile.

    Any user may found an organization under any name and invite any address, so the mail names only a verified host,
    and no person.
    """
    invitation = _find_open_invitation(job.source_id)
    if invitation is None or _occasion(invitation) != job.occasion:
        return None
    host = invitation.host
    key = tokens.invitation_key(membership_id=invitation.pk, email=invitation.email)
    subject = f"Join {host.organization_name}" if host.is_verified else "You are invited to join an organization"
    context = {
        "invitation": invitation,
        "names_host": host.is_verified,
        "key": key,
        "link": f"{settings.PUBLIC_URL}/host-invitation?key={key}",
        "days": tokens.INVITATION_LIFETIME.days,
    }
    return mail.Mail("opportunities/host_invitation", subject, invitation.email, context)


def queue_handed_over_mail(*, membership_id: int) -> None:
    """Queue the mail to a coordinator who is an owner now, since the last one deleted their account; a system act."""
    mail.enqueue(kind=HOST_HANDED_OVER, source_id=membership_id)


@mail.writes(HOST_HANDED_OVER)
def write_handed_over_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail to the new owner; None if they have left meanwhile."""
    owners = HostMembership.objects.accepted().filter(role=MembershipRole.OWNER, user__is_active=True)
    membership = owners.select_related("host", "user").filter(pk=job.source_id).first()
    if membership is None or membership.user is None:
        return None
    host = membership.host
    subject = f"{host.organization_name} is in your hands"
    return mail.Mail("opportunities/host_handed_over", subject, membership.user.email, {"host": host})


def _find_open_invitation(membership_id: int) -> HostMembership | None:
    invited = HostMembership.objects.filter(accepted_at__isnull=True, invited_at__isnull=False)
    return invited.select_related("host").filter(pk=membership_id).first()


def _occasion(invitation: HostMembership) -> str:
    return invitation.invited_at.isoformat() if invitation.invited_at else ""
