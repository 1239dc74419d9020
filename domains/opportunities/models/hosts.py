"""Organizations and their members."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User, register_acquaintance, register_guarded_role
from domains.base.addresses import AddressField
from domains.geo.fields import ZipCodeField
from domains.opportunities.models.choices import MANAGING_ROLES, MembershipRole

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class OpportunityHostQuerySet(models.QuerySet["OpportunityHost"]):
    """Hosts, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> OpportunityHostQuerySet:  # noqa: ARG002 - hosts are public
        """Return all hosts: everybody sees every host."""
        return self


#: Finds what others still need of a host, beside applications.
UseOfHost = Callable[["OpportunityHost"], models.QuerySet[Any]]
_uses_of_hosts: list[UseOfHost] = []


def register_use_of_host(find: UseOfHost) -> UseOfHost:
    """Register a function that finds what others need of a host; a decorator for the domains above this one."""
    _uses_of_hosts.append(find)
    return find


class OpportunityHost(models.Model):
    """An organization that offers opportunities."""

    organization_name = models.CharField(max_length=200, validators=[MinLengthValidator(2)])
    website = models.URLField(blank=True)
    description = models.TextField(max_length=5000, blank=True)
    zip_code = ZipCodeField()
    is_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OpportunityHostQuerySet.as_manager()

    if TYPE_CHECKING:
        memberships: RelatedManager[HostMembership]

    class Meta:
        verbose_name = "host"
        # Beside them, on PostgreSQL: opportunities_host_words, for the words of the name.
        indexes: ClassVar = [
            models.Index(fields=["organization_name", "id"], name="opportunities_host_by_name"),
            models.Index(fields=["zip_code", "organization_name", "id"], name="opportunities_host_by_zip"),
        ]

    def __str__(self) -> str:
        return self.organization_name

    @property
    def is_needed(self) -> bool:
        """Whether others need the host although it has no members: somebody once applied, or holds a ticket."""
        return any(find(self).exists() for find in _uses_of_hosts)


class HostMembershipQuerySet(models.QuerySet["HostMembership"]):
    """Memberships and invitations, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> HostMembershipQuerySet:
        """Return the viewer's own, invitations to the viewer's verified address, and those of the viewer's hosts.

        Staff with the right to view memberships see all.
        """
        if viewer is None:
            return self.none()
        if viewer.has_right("opportunities.view_hostmembership"):
            return self
        return self.filter(Q(pk__in=self.model.objects.own(viewer)) | Q(host__in=hosts_joined_by(viewer)))

    def own(self, viewer: User | None) -> HostMembershipQuerySet:
        """Return the viewer's own memberships, and the invitations to the viewer's verified address."""
        if viewer is None:
            return self.none()
        mine = Q(user=viewer)
        if viewer.is_email_verified:
            mine |= Q(user__isnull=True, email__iexact=viewer.email)
        return self.filter(mine)

    def accepted(self) -> HostMembershipQuerySet:
        """Return the accepted memberships, without invitations."""
        return self.filter(accepted_at__isnull=False)


class HostMembership(models.Model):
    """A person's membership of a host; an invitation until `accepted_at` is set."""

    host = models.ForeignKey(OpportunityHost, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="host_memberships"
    )
    email = AddressField()
    role = TextChoicesField(choices_enum=MembershipRole, default=MembershipRole.COORDINATOR)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    #: When the newest invitation mail was requested; null for members who were never invited.
    invited_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = HostMembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("host", Lower("email"), name="opportunities_member_email_once"),
            models.UniqueConstraint(fields=["host", "user"], name="opportunities_member_once"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(user__isnull=False),
                name="opportunities_accepted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} at {self.host_id} as {self.role}"


@register_acquaintance
def fellow_members(viewer: User, person: Any) -> models.QuerySet[HostMembership]:
    """Return the person's memberships of the hosts that the viewer belongs to."""
    return HostMembership.objects.accepted().filter(user=person, host__in=hosts_joined_by(viewer))


def hosts_run_by(user: User) -> models.QuerySet[HostMembership, int]:
    """Return the ids of the hosts whose opportunities this person runs, as a subquery."""
    return (
        HostMembership.objects.accepted().filter(user=user, role__in=MANAGING_ROLES).values_list("host_id", flat=True)
    )


@register_guarded_role("owners")
def hosts_owned_by(user: User) -> models.QuerySet[HostMembership, int]:
    """Return the ids of the hosts that this person owns, as a subquery."""
    return (
        HostMembership.objects.accepted().filter(user=user, role=MembershipRole.OWNER).values_list("host_id", flat=True)
    )


def hosts_joined_by(user: User) -> models.QuerySet[HostMembership, int]:
    """Return the ids of the hosts that this person belongs to, in any role, as a subquery."""
    return HostMembership.objects.accepted().filter(user=user).values_list("host_id", flat=True)
