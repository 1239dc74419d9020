"""The people around one organization."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from domains.accounts.models import User
from domains.opportunities.models import MembershipRole, OpportunityHost
from tests.factories import HostMembershipFactory, OpportunityHostFactory, UserFactory, owner_of


@dataclass(frozen=True)
class Cast:
    """A host, and one person of each kind that may meet it."""

    host: OpportunityHost
    people: dict[str, User | None]

    def __getitem__(self, kind: str) -> User:
        person = self.people[kind]
        assert person is not None
        return person


@pytest.fixture
def cast(db: None) -> Cast:
    host = OpportunityHostFactory()
    return Cast(
        host,
        {
            "stranger": None,
            "volunteer": UserFactory(),
            "other volunteer": UserFactory(),
            "other owner": owner_of(OpportunityHostFactory()),
            "scanner": HostMembershipFactory(host=host, role=MembershipRole.SCANNER).user,
            "coordinator": HostMembershipFactory(host=host, role=MembershipRole.COORDINATOR).user,
            "owner": owner_of(host),
            "staff": UserFactory(overseer=True),
        },
    )
