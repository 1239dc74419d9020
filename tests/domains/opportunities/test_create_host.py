"""Founding an organization."""

from __future__ import annotations

import pytest

from domains.accounts.models import UserType
from domains.base.errors import NotAllowed, Refused
from domains.opportunities import services
from domains.opportunities.models import HostMembership, OpportunityHost
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_founder_owns_the_new_host() -> None:
    user = UserFactory(user_type=UserType.BOTH)
    host = services.create_host(
        actor=user, organization_name="  Creek \n Friends ", website="https://creek.example", zip_code="94110"
    )
    assert OpportunityHost.objects.get().organization_name == "Creek Friends"
    membership = HostMembership.objects.get()
    assert (membership.host, membership.user, membership.email, membership.role) == (host, user, user.email, "OWNER")
    assert membership.accepted_at is not None
    assert not host.is_verified


def test_an_account_for_volunteering_and_an_unproved_address_are_refused() -> None:
    for actor, code in [
        (UserFactory(), "FORBIDDEN"),
        (UserFactory(hosting=True, unverified=True), "EMAIL_NOT_VERIFIED"),
    ]:
        with pytest.raises(NotAllowed) as refused:
            services.create_host(actor=actor, organization_name="Creek Friends")
        assert [problem.code for problem in refused.value.problems] == [code]
    assert not OpportunityHost.objects.exists()


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        services.create_host(
            actor=UserFactory(hosting=True),
            organization_name="C",
            website="javascript:alert(1)",
            description="x" * 5001,
            zip_code="9411a",
        )
    assert {(problem.field, str(problem.code)) for problem in refused.value.problems} == {
        ("organization_name", "TOO_SHORT"),
        ("website", "INVALID"),
        ("description", "TOO_LONG"),
        ("zip_code", "INVALID"),
    }
    assert not OpportunityHost.objects.exists()
    assert not HostMembership.objects.exists()


@pytest.mark.usefixtures("one_window")
def test_one_person_founds_twenty_a_day() -> None:
    user = UserFactory(hosting=True)
    for number in range(20):
        services.create_host(actor=user, organization_name=f"Creek Friends {number}")
    with pytest.raises(Refused) as refused:
        services.create_host(actor=user, organization_name="Creek Friends")
    assert [problem.code for problem in refused.value.problems] == ["RATE_LIMITED"]
    assert OpportunityHost.objects.count() == 20
