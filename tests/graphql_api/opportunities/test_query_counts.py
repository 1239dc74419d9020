"""Reading five opportunities costs as many SQL statements as reading one."""

from __future__ import annotations

from typing import Any

import pytest

from domains.opportunities.models import ApplicationStatus, Opportunity
from tests.api import gid
from tests.factories import (
    ApplicationFactory,
    CauseFactory,
    ListingFactory,
    OpportunityFactory,
    RoleFactory,
    RoleSkillFactory,
)
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import DETAIL, HOST_APPLICATIONS, MY_APPLICATIONS, OPPORTUNITIES
from tests.sql import statements_of

SOURCES_AND_CAUSES = """query Sources { opportunities { edges { node {
  location { latitude } timeZone causes { name } source { name url }
  roles { opportunity { title host { organizationName } } } } } } }"""


def add_opportunity(cast: Cast, roles: int) -> Opportunity:
    """Add an opportunity with everything around it; the volunteer and somebody else applied for each role."""
    opportunity = OpportunityFactory(host=cast.host, causes=[CauseFactory(), CauseFactory()])
    ListingFactory(opportunity=opportunity)
    for _ in range(roles):
        role = RoleFactory(opportunity=opportunity)
        RoleSkillFactory(role=role)
        RoleSkillFactory(role=role)
        ApplicationFactory(role=role, volunteer=cast["volunteer"], status=ApplicationStatus.WAITLISTED)
        ApplicationFactory(role=role)
    return opportunity


@pytest.mark.parametrize("kind", ["stranger", "volunteer", "owner", "staff"])
@pytest.mark.parametrize("document", [OPPORTUNITIES, SOURCES_AND_CAUSES], ids=["contract", "sources"])
def test_a_list_of_opportunities(cast: Cast, api_as: Any, kind: str, document: str) -> None:
    api = api_as(cast.people[kind])
    api.ask(document)  # begins the viewer's session
    add_opportunity(cast, roles=1)
    one = statements_of(lambda: api.ask(document))
    for _ in range(4):
        add_opportunity(cast, roles=3)
    five = statements_of(lambda: api.ask(document))
    assert len(api.ask(document)["opportunities"]["edges"]) == 5
    assert len(five) == len(one), "\n".join(five)


def test_the_count_is_not_made_unless_it_is_asked(cast: Cast, api_as: Any) -> None:
    add_opportunity(cast, roles=1)
    statements = statements_of(lambda: api_as(None).ask("{ opportunities { edges { node { id } } } }"))
    assert len(statements) == 1
    assert "COUNT" not in statements[0].upper()


def test_an_opportunity_with_its_roles(cast: Cast, api_as: Any) -> None:
    api, small, large = api_as(cast["volunteer"]), add_opportunity(cast, roles=1), add_opportunity(cast, roles=5)
    api.ask(DETAIL, id=gid(small))
    one = statements_of(lambda: api.ask(DETAIL, id=gid(small)))
    five = statements_of(lambda: api.ask(DETAIL, id=gid(large)))
    assert len(five) == len(one), "\n".join(five)


def test_the_applications_of_an_opportunity_and_of_a_person(cast: Cast, api_as: Any) -> None:
    owner, volunteer = api_as(cast["owner"]), api_as(cast["volunteer"])
    small, large = add_opportunity(cast, roles=1), OpportunityFactory(host=cast.host)
    ask_host = lambda opportunity: owner.ask(HOST_APPLICATIONS, opportunityId=gid(opportunity))  # noqa: E731
    ask_host(small)
    volunteer.ask(MY_APPLICATIONS)
    one = (
        len(statements_of(lambda: ask_host(small))),
        len(statements_of(lambda: volunteer.ask(MY_APPLICATIONS))),
    )
    for _ in range(4):
        ApplicationFactory(role=RoleFactory(opportunity=large), volunteer=cast["volunteer"])
        ApplicationFactory(role=RoleFactory(opportunity=large))
    five = (
        len(statements_of(lambda: ask_host(large))),
        len(statements_of(lambda: volunteer.ask(MY_APPLICATIONS))),
    )
    assert five == one
