"""What many people applied for lately: counted once an hour, shown as it stands now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.opportunities.models import ApplicationStatus, Opportunity, OpportunityStatus
from domains.opportunities.selectors import find_trending
from tests.cache import forget
from tests.factories import ApplicationFactory, OpportunityFactory, RoleFactory, UserFactory, owner_of
from tests.sql import statements_of

pytestmark = pytest.mark.django_db


def wanted(applicants: int, **fields) -> Opportunity:
    role = RoleFactory(opportunity=OpportunityFactory(**fields))
    for _ in range(applicants):
        ApplicationFactory(role=role)
    return role.opportunity


def trending(first: int = 10, viewer: User | None = None) -> list[int]:
    return find_trending(viewer=viewer, first=first)


def test_what_most_people_applied_for_comes_first() -> None:
    two, three, one = wanted(2), wanted(3), wanted(1)
    wanted(0)
    assert trending() == [three.pk, two.pk, one.pk]
    assert trending(first=2) == [three.pk, two.pk]


def test_people_are_counted_not_applications() -> None:
    popular, busy = wanted(2), OpportunityFactory()
    person = UserFactory()
    for _ in range(3):
        ApplicationFactory(role=RoleFactory(opportunity=busy), volunteer=person, status=ApplicationStatus.WITHDRAWN)
    assert trending() == [popular.pk, busy.pk]


def test_only_the_last_14_days_count() -> None:
    now = timezone.now()
    recent = ApplicationFactory(submitted_at=now - timedelta(days=13, hours=23)).role.opportunity
    ApplicationFactory(submitted_at=now - timedelta(days=14, minutes=1))
    assert trending() == [recent.pk]


def test_only_what_is_open_and_not_over_counts() -> None:
    standing = wanted(1)
    wanted(2, past=True)
    wanted(2, start_date=timezone.now() - timedelta(days=1))
    wanted(2, draft=True)
    assert trending() == [standing.pk]


def test_it_is_counted_once_an_hour() -> None:
    first = wanted(1)
    trending()
    second = wanted(5)
    assert trending() == [first.pk]
    assert not [text for text in statements_of(trending) if "COUNT" in text.upper()]
    forget()
    assert trending() == [second.pk, first.pk]


def test_what_closed_since_is_gone_at_once_and_the_next_moves_up() -> None:
    first, second = wanted(3), wanted(2)
    assert trending(first=1) == [first.pk]
    Opportunity.objects.filter(pk=first.pk).update(status=OpportunityStatus.CLOSED)
    assert trending(first=1) == [second.pk]
    ended = timezone.now()
    Opportunity.objects.filter(pk=second.pk).update(start_date=ended - timedelta(hours=1), end_date=ended)
    assert trending() == []


def test_what_is_a_draft_again_shows_to_nobody_though_the_count_is_kept() -> None:
    opportunity = wanted(3)
    owner = owner_of(opportunity.host)
    assert trending(viewer=owner) == [opportunity.pk]
    Opportunity.objects.filter(pk=opportunity.pk).update(status=OpportunityStatus.DRAFT)
    assert [trending(viewer=viewer) for viewer in (None, UserFactory(), owner, UserFactory(overseer=True))] == [[]] * 4
