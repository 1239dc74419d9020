"""Finding and locking the rows that a service changes, until the transaction ends.

All services lock in one order, so that two never wait for each other: volunteers by their keys; a host, or an
opportunity; then roles by their keys. A service that gives a slot locks the volunteer and the role: so
neither the volunteer's slots nor the role's change between the decision and the move. SQLite ignores the locks, but
runs its transactions one at a time.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound
from domains.opportunities import policies
from domains.opportunities.models import HostMembership, Opportunity, OpportunityHost, Role


def lock_volunteers(*, volunteer_ids: Collection[int]) -> dict[int, User]:
    """Lock these people and return them by id: the slots that each holds change one at a time."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction protects nothing")
    people = User.objects.select_for_update(no_key=True).filter(pk__in=volunteer_ids).order_by("pk")
    return {person.pk: person for person in people}


def lock_host(*, host_id: int) -> OpportunityHost | None:
    """Lock and return the host: its members change one at a time, so that its owners can be counted."""
    return OpportunityHost.objects.select_for_update(no_key=True).filter(pk=host_id).first()


def lock_membership(*, actor: User, membership_id: int) -> HostMembership:
    """Lock the host and return the membership or invitation, read under the lock; refuses with NOT_FOUND."""
    seen = HostMembership.objects.visible_to(actor).filter(pk=membership_id)
    host_id = seen.values_list("host_id", flat=True).first()
    if host_id is not None and lock_host(host_id=host_id) and (membership := seen.first()):
        return membership
    raise NotFound("membership", "membership_id")


def lock_opportunity(*, actor: User, opportunity_id: int, what: str) -> Opportunity:
    """Lock and return the opportunity, if the actor runs its host; `what` ends the sentence of the refusal.

    Refuses with NOT_FOUND and FORBIDDEN.
    """
    opportunity = (
        Opportunity.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=opportunity_id).first()
    )
    if opportunity is None:
        raise NotFound("opportunity", "opportunity_id")
    if not policies.can_manage_opportunity(actor, opportunity):
        raise NotAllowed(f"Only owners and coordinators of the organization may {what}.")
    return opportunity


def lock_role(*, viewer: User | None, role_id: int) -> Role | None:
    """Lock and return the role, if the viewer may see it; None as viewer is the system, which sees all.

    Each service that changes an application of a role holds this lock, so that slots are counted one change at a time.
    The opportunity is read after locking: a join would return its values from before the wait.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction protects nothing")
    role = Role.objects.select_for_update(no_key=True).filter(pk=role_id).first()
    if role is None:
        return None
    seen = Opportunity.objects.visible_to(viewer) if viewer else Opportunity.objects.all()
    opportunity = seen.filter(pk=role.opportunity_id).first()
    if opportunity is None:
        return None
    role.opportunity = opportunity
    return role
