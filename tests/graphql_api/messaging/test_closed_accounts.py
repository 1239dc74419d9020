"""People are shown wherever they took part, also after their account was closed; `node` does not lead to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import gid
from tests.factories import ApplicationFactory, MessageFactory, UserFactory, conversation_between, owner_of

TALK = """query Talk($id: ID!) { conversation(id: $id) {
  participants { id displayName } lastMessage { sender { id displayName email } } } }"""
NODE = "query One($id: ID!) { node(id: $id) { id } }"


@pytest.fixture
def gone(db: None) -> Any:
    return UserFactory(is_active=False)


def test_what_somebody_said_stays_theirs(gone: Any, api_as: Any) -> None:
    ann = UserFactory()
    talk = conversation_between(ann, gone)
    MessageFactory(conversation=talk, sender=gone)
    shown = {"id": gid(gone), "displayName": gone.display_name}
    found = api_as(ann).ask(TALK, id=gid(talk))["conversation"]
    assert shown in found["participants"]
    assert found["lastMessage"]["sender"] == {**shown, "email": None}


def test_the_host_still_sees_who_applied(gone: Any, api_as: Any) -> None:
    application = ApplicationFactory(volunteer=gone)
    document = (
        "query One($id: ID!) { node(id: $id) { ... on Application { volunteer { id } history { actor { id } } } } }"
    )
    found = api_as(owner_of(application.role.opportunity.host)).ask(document, id=gid(application))["node"]
    assert found == {"volunteer": {"id": gid(gone)}, "history": [{"actor": {"id": gid(gone)}}]}


def test_the_id_of_a_closed_account_leads_nowhere_but_for_staff(gone: Any, api_as: Any) -> None:
    assert api_as(UserFactory()).ask(NODE, id=gid(gone)) == {"node": None}
    assert api_as(None).ask(NODE, id=gid(gone)) == {"node": None}
    assert api_as(UserFactory(overseer=True)).ask(NODE, id=gid(gone)) == {"node": {"id": gid(gone)}}
