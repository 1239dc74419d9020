"""Questions about organizations and the people who run them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, QuerySet

from domains.accounts.models import User
from domains.base.texts import begins_words
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
    """Return the hosts whose names have words that begin like each of `words`, by name; those that fit the rest, too.

    Without words, and with None, all of them; with an empty list, none.
    """
    hosts = OpportunityHost.objects.visible_to(viewer).order_by("organization_name", "pk")
    if zip_code:
        hosts = hosts.filter(zip_code=zip_code)
    if is_verified is not None:
        hosts = hosts.filter(is_verified=is_verified)
    if words is None:
        return hosts
    return begins_words(hosts, "organization_name", words) if words else hosts.none()


def find_managers(*, host_id: int) -> QuerySet[User]:
    """Return the people who run the host, for the mails it gets; a system question."""
    return User.objects.filter(
        is_active=True,
        host_memberships__host_id=host_id,
        host_memberships__accepted_at__isnull=False,
        host_memberships__role__in=MANAGING_ROLES,
    ).order_by("pk")


def find_members(*, viewer: User | None) -> QuerySet[HostMembership]:
    """Return who belongs, or is invited, to the hosts that the viewer belongs to, oldest first.

    Staff with the right to view memberships see all.
    """
    members = HostMembership.objects.visible_to(viewer).order_by("pk")
    if viewer is None or viewer.has_right("opportunities.view_hostmembership"):
        return members
    return members.filter(host__in=hosts_joined_by(viewer))


def find_own_memberships(*, viewer: User | None) -> QuerySet[HostMembership]:
    """Return what the viewer belongs to, oldest first, and then what the viewer is invited to; none of a stranger."""
    return HostMembership.objects.own(viewer).order_by(F("accepted_at").asc(nulls_last=True), "pk")


def find_host_opportunities(*, viewer: User | None, status: OpportunityStatus | None = None) -> QuerySet[Opportunity]:
    """Return what hosts offer and offered, the latest first: drafts for those who run them."""
    offers = Opportunity.objects.visible_to(viewer)
    if status is not None:
        offers = offers.filter(status=status)
    return offers.order_by("-start_date", "-pk")


def find_owned_hosts(*, viewer: User | None, among: Collection[int]) -> set[int]:
    """Return the ids of those hosts that the viewer owns."""
    return set() if viewer is None else set(hosts_owned_by(viewer).filter(host__in=among))
