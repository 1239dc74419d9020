"""Selectors for organizations and their members."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, QuerySet

from domains.accounts.models import User
from domains.base.texts import filter_by_word_prefixes
from domains.opportunities.models import (
    MANAGING_ROLES,
    HostMembership,
    Opportunity,
    OpportunityHost,
    OpportunityStatus,
    hosts_joined_by,
    hosts_owned_by,
)


def find_host(*, host_id: int) -> QuerySet[OpportunityHost]:
    """Return the host, or nothing; every host is public."""
    return OpportunityHost.objects.visible_to(None).filter(pk=host_id)


def find_hosts(
    *, viewer: User | None, words: Collection[str] | None = None, zip_code: str = "", is_verified: bool | None = None
) -> QuerySet[OpportunityHost]:
    """Return the hosts that match the filters and whose names have, for each of `words`, a word that begins with it.

    They are ordered by name. `words=None` does not filter by name; an empty list finds none.
    """
    hosts = OpportunityHost.objects.visible_to(viewer).order_by("organization_name", "pk")
    if zip_code:
        hosts = hosts.filter(zip_code=zip_code)
    if is_verified is not None:
        hosts = hosts.filter(is_verified=is_verified)
    if words is None:
        return hosts
    return filter_by_word_prefixes(hosts, "organization_name", words) if words else hosts.none()


def find_managers(*, host_id: int) -> QuerySet[User]:
    """Return the host's owners and coordinators, for the mails to the host; a system question."""
    return User.objects.filter(
        is_active=True,
        host_memberships__host_id=host_id,
        host_memberships__accepted_at__isnull=False,
        host_memberships__role__in=MANAGING_ROLES,
    ).order_by("pk")


def find_members(*, viewer: User | None) -> QuerySet[HostMembership]:
    """Return the members and invitations of the hosts that the viewer belongs to, oldest first.

    Staff with the right to view memberships see all.
    """
    members = HostMembership.objects.visible_to(viewer).order_by("pk")
    if viewer is None or viewer.has_right("opportunities.view_hostmembership"):
        return members
    return members.filter(host__in=hosts_joined_by(viewer))


def find_own_memberships(*, viewer: User | None) -> QuerySet[HostMembership]:
    """Return the viewer's memberships, oldest first, then the viewer's invitations; none without a viewer."""
    return HostMembership.objects.own(viewer).order_by(F("accepted_at").asc(nulls_last=True), "pk")


def find_host_opportunities(*, viewer: User | None, status: OpportunityStatus | None = None) -> QuerySet[Opportunity]:
    """Return the hosts' current and past opportunities, latest start first; drafts only if the viewer runs the host."""
    offers = Opportunity.objects.visible_to(viewer)
    if status is not None:
        offers = offers.filter(status=status)
    return offers.order_by("-start_date", "-pk")


def find_owned_hosts(*, viewer: User | None, among: Collection[int]) -> set[int]:
    """Return the ids of those among the given hosts that the viewer owns."""
    return set() if viewer is None else set(hosts_owned_by(viewer).filter(host__in=among))
