"""The questions about opportunities start at what the viewer may see."""

from __future__ import annotations

import pytest

from domains.opportunities.models import OpportunityStatus
from domains.opportunities.selectors import (
    OpportunityFilters,
    find_applications,
    find_opportunities,
    find_opportunity,
    find_own_applications,
)
from tests.factories import ApplicationFactory, OpportunityFactory, UserFactory, owner_of

pytestmark = pytest.mark.django_db


def test_a_draft_is_found_by_its_owner_and_by_staff_only() -> None:
    draft = OpportunityFactory(draft=True)
    drafts = OpportunityFilters(status=OpportunityStatus.DRAFT)
    for viewer, expected in [
        (None, []),
        (UserFactory(), []),
        (owner_of(draft.host), [draft]),
        (UserFactory(overseer=True), [draft]),
    ]:
        assert list(find_opportunities(viewer=viewer, filters=drafts)) == expected
        assert list(find_opportunity(viewer=viewer, opportunity_id=draft.pk)) == expected


def test_applications_are_found_by_those_they_concern() -> None:
    application = ApplicationFactory()
    opportunity = application.role.opportunity
    for viewer, expected in [
        (None, []),
        (UserFactory(), []),
        (application.volunteer, [application]),
        (owner_of(opportunity.host), [application]),
    ]:
        assert list(find_applications(viewer=viewer).filter(role__opportunity=opportunity)) == expected
        own = expected if viewer == application.volunteer else []
        assert list(find_own_applications(viewer=viewer)) == own
