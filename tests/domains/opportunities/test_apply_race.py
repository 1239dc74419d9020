"""Many people apply at once on the embedded database: no place is given twice, nobody meets a fault."""

from __future__ import annotations

from collections import Counter

import pytest

from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import Application
from tests.factories import RoleFactory, UserFactory
from tests.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_once_share_five_places() -> None:
    role = RoleFactory(requires_approval=False, slots_available=5)
    people = [UserFactory() for _ in range(20)]
    answers = at_once(lambda number: services.apply_to_role(actor=people[number], role_id=role.pk), len(people))
    outcomes = Counter(
        answer.problems[0].code if isinstance(answer, Refused) else answer.status.value for answer in answers
    )
    assert outcomes == {"ACCEPTED": 5, "FULL": 15}
    role.refresh_from_db()
    assert role.slots_taken == Application.objects.filter(status="ACCEPTED").count() == 5
