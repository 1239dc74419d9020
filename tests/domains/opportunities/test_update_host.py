"""Changing what an organization says about itself."""

from __future__ import annotations

import pytest

from domains.base.errors import NotAllowed, NotFound, Refused
from domains.opportunities import services
from domains.opportunities.models import MembershipRole
from tests.factories import HostMembershipFactory, OpportunityHostFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def test_owners_and_coordinators_change_what_they_name_and_nothing_else() -> None:
    host = OpportunityHostFactory(is_verified=True, website="https://old.example", description="Old.")
    coordinator = UserFactory()
    HostMembershipFactory(host=host, user=coordinator)
    services.update_host(actor=owner_of(host), host_id=host.pk, organization_name="  Creek \n Friends ")
    services.update_host(actor=coordinator, host_id=host.pk, description=" New. ", zip_code="")
    host.refresh_from_db()
    assert (host.organization_name, host.description, host.zip_code) == ("Creek Friends", "New.", "")
    assert (host.website, host.is_verified) == ("https://old.example", True)


def test_all_wrong_values_are_named_at_once_and_nothing_changes() -> None:
    host = OpportunityHostFactory()
    owner = owner_of(host)
    before = rows_of("opportunities")
    with pytest.raises(Refused) as refused:
        services.update_host(
            actor=owner,
            host_id=host.pk,
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
    with pytest.raises(Refused):
        services.update_host(actor=owner, host_id=host.pk, organization_name="Creek \u202e Friends")
    assert rows_of("opportunities") == before


def test_scanners_the_invited_other_owners_and_staff_may_not() -> None:
    host = OpportunityHostFactory()
    scanner, invited = UserFactory(), UserFactory()
    HostMembershipFactory(host=host, user=scanner, role=MembershipRole.SCANNER)
    HostMembershipFactory(host=host, user=invited, accepted_at=None)
    before = rows_of("opportunities")
    for actor in (scanner, invited, UserFactory(overseer=True), UserFactory(hosting=True)):
        with pytest.raises(NotAllowed):
            services.update_host(actor=actor, host_id=host.pk, description="Ours now.")
    with pytest.raises(NotFound):
        services.update_host(actor=UserFactory(), host_id=0, description="Nobody's.")
    assert rows_of("opportunities") == before
