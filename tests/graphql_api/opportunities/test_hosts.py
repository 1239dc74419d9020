"""The people of a host and what it offers, in order; what changes is fresh in the next answer.

Who sees what: tests/house/permissions.toml.
"""

from __future__ import annotations

from typing import Any

import pytest

from domains.accounts.models import User
from tests.api import gid
from tests.factories import HostMembershipFactory, OpportunityFactory, RoleFactory, UserFactory
from tests.graphql_api.opportunities import host_documents as documents
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import DETAIL, NODE, OPPORTUNITIES


def test_members_and_invitations_come_in_order_with_the_role_of_each(cast: Cast, api_as: Any) -> None:
    invitation = HostMembershipFactory(host=cast.host, invited=True)
    for kind in ("scanner", "coordinator", "owner"):
        shown = api_as(cast[kind]).ask(documents.MEMBERS, id=gid(cast.host))["host"]
        assert [member["role"] for member in shown["members"]] == ["SCANNER", "COORDINATOR", "OWNER", "COORDINATOR"]
        emails = [member["email"] for member in shown["members"]]
        assert emails == [None, None, None, invitation.email if kind == "owner" else None]
        assert shown["myMembership"]["role"] == kind.upper()


def test_an_invitation_is_shown_to_the_proved_address_it_went_to_and_to_no_other(cast: Cast, api_as: Any) -> None:
    person, impostor = UserFactory(), UserFactory(unverified=True)
    invitations = [
        HostMembershipFactory(host=cast.host, invited=True, email=email) for email in (person.email, impostor.email)
    ]

    def shown(viewer: User) -> tuple[Any, ...]:
        api = api_as(viewer)
        host = api.ask(documents.MEMBERS, id=gid(cast.host))["host"]
        mine = [one["isAccepted"] for one in api.ask(documents.MY_HOSTS)["me"]["hostMemberships"]]
        nodes = [api.ask(NODE, id=gid(invitation))["node"] is not None for invitation in invitations]
        return host["myMembership"] is not None, host["members"], mine, nodes

    assert shown(person) == (True, [], [False], [True, False])
    assert shown(impostor) == (False, [], [], [False, False])


def test_my_hosts_are_those_i_belong_to_and_nobody_elses_are_shown(cast: Cast, api_as: Any) -> None:
    owner = api_as(cast["owner"])
    (mine,) = owner.ask(documents.MY_HOSTS)["me"]["hostMemberships"]
    assert (mine["role"], mine["host"]["organizationName"]) == ("OWNER", cast.host.organization_name)
    others = "query ($id: ID!) { node(id: $id) { ... on User { hostMemberships { id } } } }"
    assert owner.ask(others, id=gid(cast["coordinator"]))["node"]["hostMemberships"] == []
    assert api_as(cast["staff"]).ask(others, id=gid(cast["owner"]))["node"]["hostMemberships"] == []


@pytest.mark.parametrize("kind", ["volunteer", "owner"])
def test_the_offers_of_a_host_come_in_order_and_by_their_status(cast: Cast, api_as: Any, kind: str) -> None:
    open_one, past = OpportunityFactory(host=cast.host), OpportunityFactory(host=cast.host, past=True)
    draft = OpportunityFactory(host=cast.host, draft=True, start_date=open_one.start_date)
    OpportunityFactory()
    api = api_as(cast.people[kind])

    def offers(**narrowed: str) -> list[str]:
        page = api.ask(documents.HOST_OPPORTUNITIES, id=gid(cast.host), **narrowed)["host"]["opportunities"]
        ids = [edge["node"]["id"] for edge in page["edges"]]
        assert page["totalCount"] == len(ids)
        return ids

    drafts = [gid(draft)] if kind == "owner" else []
    assert offers() == [*drafts, gid(open_one), gid(past)]
    assert offers(status="DRAFT") == drafts
    assert offers(status="CLOSED") == [gid(past)]


def test_a_host_that_is_none_is_null(cast: Cast, api_as: Any) -> None:
    for wrong in (gid(RoleFactory()), "nonsense"):
        assert api_as(None).ask(documents.MEMBERS, id=wrong)["host"] is None


def test_a_changed_opportunity_is_fresh_in_the_next_answer_of_everybody(cast: Cast, api_as: Any) -> None:
    role = RoleFactory(opportunity__host=cast.host)
    wish, owner, volunteer = {"opportunityId": gid(role.opportunity)}, api_as(cast["owner"]), api_as(cast["volunteer"])

    def seen() -> tuple[Any, ...]:
        detail = volunteer.ask(DETAIL, id=gid(role.opportunity))["opportunity"]
        listed = [edge["node"]["title"] for edge in volunteer.ask(OPPORTUNITIES)["opportunities"]["edges"]]
        return detail["title"], detail["status"], [one["title"] for one in detail["roles"]], listed

    seen()
    owner.act(documents.UPDATE_OPPORTUNITY, title="Clean the creek", **wish)
    owner.act(documents.UPDATE_ROLE, roleId=gid(role), title="Wader")
    owner.act(documents.ADD_ROLE, title="Cook", slotsAvailable=1, **wish)
    assert seen() == ("Clean the creek", "OPEN", ["Wader", "Cook"], ["Clean the creek"])
    owner.act(documents.CLOSE_OPPORTUNITY, reason="Enough hands.", **wish)
    assert seen() == ("Clean the creek", "CLOSED", ["Wader", "Cook"], [])
    owner.act(documents.CANCEL_OPPORTUNITY, reason="Storm.", **wish)
    assert seen()[1] == "CANCELLED"
    assert volunteer.ask(DETAIL, id=gid(role.opportunity))["opportunity"]["closedReason"] == "Storm."
