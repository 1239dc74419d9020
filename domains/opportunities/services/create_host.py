"""Founding an organization."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, NotAllowed, Refused
from domains.opportunities import policies
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import HostMembership, MembershipRole, OpportunityHost
from domains.opportunities.services.values import one_line, problems_of, problems_of_texts

MAX_FOUNDED_PER_DAY = 20
#: Maximum number of organizations that one person belongs to.
MAX_HOSTS = 100


def create_host(
    *, actor: User, organization_name: str, website: str = "", description: str = "", zip_code: str = ""
) -> OpportunityHost:
    """A new host exists, and the actor is its owner.

    Refuses with EMAIL_NOT_VERIFIED, FORBIDDEN (an account for volunteering only), REQUIRED, TOO_SHORT,
    TOO_LONG, INVALID, CONFLICT (the actor belongs to too many hosts) and RATE_LIMITED.
    """
    if not actor.is_email_verified:
        message = "Prove your e-mail address first: an organization must be reachable."
        raise NotAllowed(message, OpportunityCode.EMAIL_NOT_VERIFIED)
    if not policies.can_create_host(actor):
        raise NotAllowed("Your account is for volunteering; set its type to HOST or BOTH to found an organization.")
    host = OpportunityHost(
        organization_name=one_line(organization_name),
        website=website.strip(),
        description=description.strip(),
        zip_code=zip_code.strip(),
    )
    if problems := [*problems_of(host), *problems_of_texts(host, lines=["organization_name"])]:
        raise Refused(*problems)
    refuse_too_many_hosts(actor)
    rates.spend(what="create_host", key=str(actor.pk), limit=MAX_FOUNDED_PER_DAY, seconds=86400)
    with transaction.atomic():
        host.save()
        HostMembership.objects.create(
            host=host, user=actor, email=actor.email, role=MembershipRole.OWNER, accepted_at=timezone.now()
        )
    return host


def refuse_too_many_hosts(user: User) -> None:
    """Refuse with CONFLICT if the user belongs to `MAX_HOSTS` organizations already."""
    if HostMembership.objects.filter(user=user).count() >= MAX_HOSTS:
        message = f"You belong to {MAX_HOSTS} organizations, which is the most that a person can; leave one first."
        raise Refused.because(Code.CONFLICT, message)
