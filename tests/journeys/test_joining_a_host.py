"""From founding an organization to calling an opportunity off: two people, their mails, and a volunteer's."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from domains.accounts.models import User
from tests.factories import UserFactory
from tests.graphql_api.opportunities import host_documents as hosts
from tests.graphql_api.opportunities.documents import (
    APPLY_TO_ROLE,
    CREATE_HOST,
    CREATE_OPPORTUNITY,
    DECIDE_APPLICATION,
    PUBLISH_OPPORTUNITY,
)

SIGN_UP = "mutation($input: SignUpInput!) { signUp(input: $input) { __typename } }"
VERIFY = """mutation($input: VerifyEmailInput!) { verifyEmail(input: $input) {
  ... on AuthSession { accessToken user { id email } } } }"""
ADDRESS = "new@people.example"


def key_of_newest_mail(to: str) -> str:
    """Return the key of the link in the newest mail, which went to this address."""
    message = mail.outbox[-1]
    assert message.to == [to]
    return str(message.body).partition("?key=")[2].split()[0]


@pytest.mark.django_db(transaction=True)
def test_somebody_invited_signs_up_joins_publishes_and_calls_off(api: Any, api_as: Any) -> None:
    founder, volunteer = api_as(UserFactory(hosting=True)), api_as(UserFactory())
    host = founder.act(CREATE_HOST, organizationName="Creek Friends")["id"]
    invitation = founder.act(hosts.INVITE_HOST_MEMBER, hostId=host, email=ADDRESS, role="COORDINATOR")
    assert (invitation["role"], invitation["isAccepted"]) == ("COORDINATOR", False)
    key = key_of_newest_mail(ADDRESS)

    # Whoever is invited has no account yet: the address is proved first, and then the key is accepted.
    api.act(SIGN_UP, email=ADDRESS, password="correct horse battery", displayName="New")
    api.act(VERIFY, key=key_of_newest_mail(ADDRESS))
    newcomer = api_as(User.objects.get(email=ADDRESS))
    (mine,) = newcomer.ask(hosts.MY_HOSTS)["me"]["hostMemberships"]
    assert (mine["id"], mine["isAccepted"], mine["host"]["id"]) == (invitation["id"], False, host)
    joined = newcomer.act(hosts.ACCEPT_HOST_INVITATION, key=key)
    assert joined == {**invitation, "isAccepted": True}
    assert newcomer.act(hosts.ACCEPT_HOST_INVITATION, key=key) == joined

    times = {"startDate": "2031-05-04T10:00:00-07:00", "endDate": "2031-05-04T13:00:00-07:00"}
    draft = newcomer.act(
        CREATE_OPPORTUNITY, hostId=host, title="Clean the creek", description="Boots are here.", **times
    )["id"]
    role = newcomer.act(hosts.ADD_ROLE, opportunityId=draft, title="Wader", slotsAvailable=1)["id"]
    assert newcomer.act(PUBLISH_OPPORTUNITY, opportunityId=draft)["status"] == "OPEN"

    application = volunteer.act(APPLY_TO_ROLE, roleId=role)["id"]
    newcomer.act(DECIDE_APPLICATION, applicationId=application, decision="ACCEPT")
    newcomer.act(hosts.UPDATE_OPPORTUNITY, opportunityId=draft, locationText="The other bank")
    founder.act(hosts.CANCEL_OPPORTUNITY, opportunityId=draft, reason="A storm.")
    told = [message for message in mail.outbox if message.to == [volunteer.viewer.email]]
    assert [message.subject.partition(":")[0] for message in told] == ["Your application", "Changed", "Called off"]
    assert "The other bank" in str(told[1].body)
    assert "A storm." in str(told[2].body)

    founder.act(hosts.REMOVE_HOST_MEMBER, membershipId=invitation["id"])
    assert newcomer.ask(hosts.MY_HOSTS)["me"]["hostMemberships"] == []
