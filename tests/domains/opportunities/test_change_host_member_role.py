"""Changing what a member of an organization may do."""

from __future__ import annotations

import pytest

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import HostMembership, MembershipRole
from tests.factories import HostMembershipFactory, OpportunityHostFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def refusal(actor: User, membership: HostMembership, role: MembershipRole) -> str:
    before = rows_of("opportunities")
    with pytest.raises(Refused) as refused:
        services.change_host_member_role(actor=actor, membership_id=membership.pk, role=role)
    assert rows_of("opportunities") == before
    return str(refused.value.problems[0].code)


def test_an_owner_changes_roles_of_members_and_invitations_and_again_changes_nothing() -> None:
    host = OpportunityHostFactory()
    for membership in (HostMembershipFactory(host=host), HostMembershipFactory(host=host, invited=True)):
        for _ in range(2):
            changed = services.change_host_member_role(
                actor=owner_of(host), membership_id=membership.pk, role=MembershipRole.OWNER
            )
            membership.refresh_from_db()
            assert changed.role == membership.role == MembershipRole.OWNER


def test_others_change_nothing_not_even_their_own() -> None:
    membership = HostMembershipFactory()
    owner_of(membership.host)
    assert membership.user is not None
    assert refusal(membership.user, membership, MembershipRole.OWNER) == "FORBIDDEN"
    assert refusal(UserFactory(overseer=True), membership, MembershipRole.OWNER) == "FORBIDDEN"
    assert refusal(owner_of(OpportunityHostFactory()), membership, MembershipRole.OWNER) == "NOT_FOUND"


def test_the_last_owner_stays_one() -> None:
    host = OpportunityHostFactory()
    owner = owner_of(host)
    membership = host.memberships.get()
    assert refusal(owner, membership, MembershipRole.COORDINATOR) == "CONFLICT"
    unchanged = services.change_host_member_role(actor=owner, membership_id=membership.pk, role=MembershipRole.OWNER)
    assert unchanged == membership
    HostMembershipFactory(host=host, role=MembershipRole.OWNER)
    services.change_host_member_role(actor=owner, membership_id=membership.pk, role=MembershipRole.COORDINATOR)
    membership.refresh_from_db()
    assert membership.role == MembershipRole.COORDINATOR
