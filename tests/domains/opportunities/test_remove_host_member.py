"""Leaving an organization, being taken out of it, and taking an invitation back."""

from __future__ import annotations

import pytest

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import HostMembership, MembershipRole
from tests.factories import HostMembershipFactory, OpportunityHostFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def refusal(actor: User, membership: HostMembership) -> str:
    before = rows_of("opportunities")
    with pytest.raises(Refused) as refused:
        services.remove_host_member(actor=actor, membership_id=membership.pk)
    assert rows_of("opportunities") == before
    return str(refused.value.problems[0].code)


def test_an_owner_removes_anybody_and_takes_invitations_back() -> None:
    host = OpportunityHostFactory()
    owner = owner_of(host)
    for membership in (
        HostMembershipFactory(host=host),
        HostMembershipFactory(host=host, role=MembershipRole.OWNER),
        HostMembershipFactory(host=host, invited=True),
    ):
        assert services.remove_host_member(actor=owner, membership_id=membership.pk) == host
    assert list(host.memberships.values_list("user", flat=True)) == [owner.pk]


@pytest.mark.parametrize("role", [MembershipRole.SCANNER, MembershipRole.COORDINATOR])
def test_a_member_leaves_and_removes_nobody_else(role: MembershipRole) -> None:
    host = OpportunityHostFactory()
    owner_of(host)
    mine, other = HostMembershipFactory(host=host, role=role), HostMembershipFactory(host=host)
    assert mine.user is not None
    assert refusal(mine.user, other) == "FORBIDDEN"
    services.remove_host_member(actor=mine.user, membership_id=mine.pk)
    assert not HostMembership.objects.filter(pk=mine.pk).exists()
    assert refusal(mine.user, other) == "NOT_FOUND"


def test_whoever_is_invited_declines_with_the_proved_address_only() -> None:
    invitation = HostMembershipFactory(invited=True, email="new@people.example")
    assert refusal(UserFactory(), invitation) == "NOT_FOUND"
    impostor = UserFactory(email="new@people.example", unverified=True)
    assert refusal(impostor, invitation) == "NOT_FOUND"
    impostor.delete()
    services.remove_host_member(actor=UserFactory(email="new@people.example"), membership_id=invitation.pk)
    assert not HostMembership.objects.exists()


def test_staff_and_other_owners_remove_nobody() -> None:
    membership = HostMembershipFactory()
    assert refusal(UserFactory(overseer=True), membership) == "FORBIDDEN"
    assert refusal(owner_of(OpportunityHostFactory()), membership) == "NOT_FOUND"


def test_the_last_owner_stays_and_neither_the_invited_nor_a_closed_account_counts_as_another() -> None:
    host = OpportunityHostFactory()
    mine = HostMembershipFactory(host=host, role=MembershipRole.OWNER)
    HostMembershipFactory(host=host, role=MembershipRole.OWNER, invited=True)
    HostMembershipFactory(host=host, role=MembershipRole.OWNER, user__is_active=False)
    HostMembershipFactory(role=MembershipRole.OWNER)
    assert mine.user is not None
    assert refusal(mine.user, mine) == "CONFLICT"
    HostMembershipFactory(host=host, role=MembershipRole.OWNER)
    services.remove_host_member(actor=mine.user, membership_id=mine.pk)
    assert not HostMembership.objects.filter(pk=mine.pk).exists()
