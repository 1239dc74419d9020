"""Staff take an opportunity down: it ends as if its host had called it off, and nothing opens it again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from domains.base.errors import Refused
from domains.notifications.models import Notification
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationStatus, Listing, Opportunity, OpportunityStatus
from domains.opportunities.services.record_listing import FoundListing, record_listing
from domains.opportunities.services.take_down_opportunity import REASON
from tests.domains.notifications.mails import sent
from tests.factories import (
    ApplicationFactory,
    ListingFactory,
    OpportunityFactory,
    RoleFactory,
    SourceFactory,
    UserFactory,
    owner_of,
)
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_it_is_called_off_and_those_who_applied_and_its_host_are_told_why() -> None:
    application = ApplicationFactory(status=ApplicationStatus.ACCEPTED)
    opportunity = application.role.opportunity
    owner = owner_of(opportunity.host)
    for _ in range(2):
        taken_down = services.take_down_opportunity(opportunity_id=opportunity.pk)
    assert (taken_down.status, taken_down.closed_reason) == (OpportunityStatus.CANCELLED, REASON)
    assert Application.objects.get().status == ApplicationStatus.CANCELLED
    assert len(mail.outbox) == 2
    by_receiver = {to[0]: (text, html) for to, text, html in sent()}
    for words in by_receiver[application.volunteer.email]:
        assert "The staff of this community called off" in words
        assert "Your application ends with it." in words
        assert "They add" not in words
    for words in by_receiver[owner.email]:
        assert "The staff of this community called off" in words
        assert "Your application" not in words
        assert "Thank you" not in words
    bodies = dict(Notification.objects.values_list("recipient__email", "body"))
    assert bodies == {owner.email: REASON, application.volunteer.email: f"Your application ends with it. {REASON}"}
    assert application.history.latest("pk").actor is None


@pytest.mark.django_db(transaction=True)
def test_a_host_who_gives_the_same_reason_is_not_the_staff() -> None:
    opportunity = ApplicationFactory(role__opportunity__host__organization_name="Tricksters").role.opportunity
    services.cancel_opportunity(actor=owner_of(opportunity.host), opportunity_id=opportunity.pk, reason=REASON)
    ((_, text, _),) = sent()
    assert "Tricksters called off" in text


def test_only_those_whom_it_concerns_see_it_then() -> None:
    application = ApplicationFactory(status=ApplicationStatus.WITHDRAWN)
    opportunity = application.role.opportunity
    concerned = [application.volunteer, owner_of(opportunity.host), UserFactory(overseer=True)]
    others = [None, UserFactory(), ApplicationFactory().volunteer, owner_of(OpportunityFactory().host)]
    for viewer in [*concerned, *others]:
        assert opportunity in Opportunity.objects.visible_to(viewer)
    services.take_down_opportunity(opportunity_id=opportunity.pk)
    for viewer in concerned:
        assert opportunity in Opportunity.objects.visible_to(viewer)
    for viewer in others:
        assert opportunity not in Opportunity.objects.visible_to(viewer)
        assert Opportunity.objects.visible_to(viewer).exists()


@pytest.mark.parametrize(("status", "reason"), [(OpportunityStatus.OPEN, REASON), (OpportunityStatus.CLOSED, "")])
def test_what_is_over_is_hidden_and_its_applications_stay_as_they_ended(status: OpportunityStatus, reason: str) -> None:
    role = RoleFactory(opportunity__past=True, opportunity__status=status)
    application = ApplicationFactory(role=role, status=ApplicationStatus.COMPLETED)
    hidden = services.take_down_opportunity(opportunity_id=role.opportunity_id)
    assert hidden.taken_down_at
    assert (hidden.status, hidden.closed_reason) == (OpportunityStatus.CLOSED, reason)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.COMPLETED
    assert hidden not in Opportunity.objects.visible_to(None)


@pytest.mark.django_db(transaction=True)
def test_a_host_who_calls_off_is_not_told_of_it() -> None:
    application = ApplicationFactory()
    opportunity = application.role.opportunity
    services.cancel_opportunity(actor=owner_of(opportunity.host), opportunity_id=opportunity.pk)
    assert [to for to, _, _ in sent()] == [[application.volunteer.email]]


def test_a_draft_and_what_is_not_there_are_refused() -> None:
    drafts = [OpportunityFactory(draft=True), ListingFactory(opportunity__draft=True).opportunity]
    before = rows_of("opportunities", "base")
    for key, code in [*((draft.pk, "CONFLICT") for draft in drafts), (0, "NOT_FOUND")]:
        with pytest.raises(Refused) as refused:
            services.take_down_opportunity(opportunity_id=key)
        assert [str(problem.code) for problem in refused.value.problems] == [code]
    assert rows_of("opportunities", "base") == before


@pytest.mark.parametrize("missed_runs", [0, 2])
def test_no_crawl_opens_a_listing_again_that_was_taken_down(missed_runs: int) -> None:
    start = timezone.now() + timedelta(days=3)
    listing = FoundListing(
        title="Get rich as a volunteer",
        start_date=start,
        end_date=start + timedelta(hours=2),
        external_id="scam",
        url="https://board.example/scam",
        description="Send a gift card first, and then we talk about it.",
    )
    source = SourceFactory()
    record_listing(source_id=source.pk, listing=listing)
    Listing.objects.update(missed_runs=missed_runs)
    opportunity = Opportunity.objects.get()
    for _ in range(2):
        services.take_down_opportunity(opportunity_id=opportunity.pk)
    record_listing(source_id=source.pk, listing=listing)
    opportunity.refresh_from_db()
    assert (opportunity.status, opportunity.closed_reason) == (OpportunityStatus.CLOSED, REASON)
