"""What becomes of organizations when the account of a member is erased."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.personal_data import ErasedPerson
from domains.opportunities import facts
from domains.opportunities.models import (
    HostMembership,
    MembershipRole,
    Opportunity,
    OpportunityHost,
    OpportunityKind,
    OpportunityStatus,
)
from domains.opportunities.services.cancel_opportunity import cancel
from domains.opportunities.services.locks import lock_host

REASON = "The organization is no longer in this community."


def leave_hosts(person: ErasedPerson) -> None:
    """The person belongs to no host; a host that loses its last owner goes to its longest-standing coordinator.

    Where there is none, what it offers is canceled and its volunteers are notified; a host that nobody else needs is
    removed. A system act, in transactions of its own.
    """
    memberships = HostMembership.objects.filter(user=person.user_id).order_by("host")
    for host_id in list(memberships.values_list("host", flat=True)):
        _leave(host_id, person.user_id)


@transaction.atomic
def _leave(host_id: int, user_id: int) -> None:
    host = lock_host(host_id=host_id)
    membership = HostMembership.objects.filter(host=host_id, user=user_id).first()
    if host is None or membership is None:
        return
    was_owner = membership.role == MembershipRole.OWNER and membership.accepted_at is not None
    membership.delete()
    members = HostMembership.objects.accepted().filter(host=host, user__is_active=True)
    if not was_owner or members.filter(role=MembershipRole.OWNER).exists():
        return
    heir = members.filter(role=MembershipRole.COORDINATOR).order_by("accepted_at", "pk").first()
    if heir is not None:
        heir.role = MembershipRole.OWNER
        heir.save(update_fields=["role"])
        bus.publish(facts.HostHandedOver(membership_id=heir.pk))
    else:
        _wind_up(host, User.objects.get(pk=user_id))


def _wind_up(host: OpportunityHost, last_owner: User) -> None:
    opportunities = Opportunity.objects.filter(host=host)
    opportunities.filter(status=OpportunityStatus.DRAFT).delete()
    listings = opportunities.filter(kind=OpportunityKind.EXTERNAL)
    if not host.is_needed:
        # Listings of other sites are not the host's own: they stay, as those of nobody here.
        listings.update(host=None)
        host.delete()
        return
    offered = opportunities.exclude(pk__in=listings.values("pk")).filter(end_date__gt=timezone.now())
    for opportunity in offered.select_for_update(of=("self",)).order_by("pk"):
        cancel(opportunity, actor=last_owner, reason=REASON)
    bus.publish(facts.HostWoundUp(host_id=host.pk))
