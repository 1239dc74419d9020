"""Changing what an opportunity is, when and where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import (
    ApplicationStatus,
    Opportunity,
    OpportunityChange,
    OpportunityKind,
    OpportunityStatus,
)
from domains.opportunities.services import OpportunityChanges
from domains.opportunities.services.update_opportunity import MAX_ANNOUNCEMENTS_PER_HOUR
from tests.factories import ApplicationFactory, CauseFactory, OpportunityFactory, RoleFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def update(opportunity: Opportunity, actor: User | None = None, **changes: Any) -> Opportunity:
    changed = services.update_opportunity(
        actor=actor or owner_of(opportunity.host), opportunity_id=opportunity.pk, changes=OpportunityChanges(**changes)
    )
    opportunity.refresh_from_db()
    return changed


def problems(opportunity: Opportunity, actor: User | None = None, **changes: Any) -> set[tuple[str | None, str]]:
    actor = actor or owner_of(opportunity.host)
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        update(opportunity, actor, **changes)
    assert rows_of("opportunities", "base") == before
    return {(problem.field, str(problem.code)) for problem in refused.value.problems}


def facts() -> list[tuple[str, int]]:
    told = OutboxEntry.objects.filter(fact__startswith="opportunities.OpportunityC").order_by("pk")
    return [(entry.fact.partition(".")[2], entry.payload["change_id"]) for entry in told]


def test_what_is_named_changes_cleaned_and_all_else_stays() -> None:
    opportunity = OpportunityFactory(draft=True, impact_statement="Shade.", causes=[CauseFactory()])
    cause, start = CauseFactory(), datetime(2031, 5, 4, 10, tzinfo=UTC)
    before: dict[str, Any] = {**Opportunity.objects.values().get()}
    update(
        opportunity,
        title=" Clean \n the creek ",
        start_date=start,
        end_date=start + timedelta(hours=2),
        kind=OpportunityKind.EXPRESS_INTEREST,
        cause_ids=[cause.pk],
    )
    after: dict[str, Any] = {**Opportunity.objects.values().get()}
    assert {name: value for name, value in after.items() if value != before[name]} == {
        "title": "Clean the creek",
        "start_date": start,
        "end_date": start + timedelta(hours=2),
        "kind": OpportunityKind.EXPRESS_INTEREST,
        "updated_at": after["updated_at"],
    }
    assert list(opportunity.causes.all()) == [cause]
    assert facts() == []
    assert not OpportunityChange.objects.exists()


@pytest.mark.parametrize("status", [OpportunityStatus.OPEN, OpportunityStatus.CLOSED])
def test_what_volunteers_rely_on_is_written_down_with_its_old_and_new_values_and_told_once(
    status: OpportunityStatus,
) -> None:
    opportunity = OpportunityFactory(status=status, start_date=datetime(2031, 5, 4, 10, tzinfo=UTC))
    owner, later = owner_of(opportunity.host), datetime(2031, 5, 4, 11, tzinfo=UTC)
    update(opportunity, title="Clean the creek", start_date=later, location_text="The other bank", is_remote=False)
    change = OpportunityChange.objects.get()
    assert (change.opportunity, change.actor) == (opportunity, owner)
    assert change.before == {"start_date": "2031-05-04T10:00:00+00:00", "location_text": "24th and Mission"}
    assert change.after == {"start_date": "2031-05-04T11:00:00+00:00", "location_text": "The other bank"}
    assert facts() == [("OpportunityChanged", change.pk)]


def test_a_change_that_changes_nothing_and_one_of_words_only_tell_nobody() -> None:
    opportunity = OpportunityFactory(causes=[CauseFactory()])
    before = rows_of("opportunities")
    update(
        opportunity,
        title=f" {opportunity.title}",
        start_date=opportunity.start_date,
        location_text=f"{opportunity.location_text} ",
        is_remote=False,
        cause_ids=list(opportunity.causes.values_list("pk", flat=True)),
    )
    after = rows_of("opportunities")
    assert after.pop("opportunities.HostMembership")
    before.pop("opportunities.HostMembership")
    assert after == before
    update(opportunity, description="Dig, plant, water, and sing.")
    assert facts() == []
    assert not OpportunityChange.objects.exists()


def test_the_point_on_the_map_follows_the_words_for_the_place() -> None:
    opportunity = OpportunityFactory(latitude=37.7, longitude=-122.4)
    update(opportunity, title="Clean the creek")
    assert (opportunity.latitude, opportunity.longitude) == (37.7, -122.4)
    update(opportunity, location_zip="10001")
    assert opportunity.latitude == pytest.approx(40.75, abs=0.03)
    assert opportunity.longitude == pytest.approx(-74.0, abs=0.03)
    update(opportunity, is_remote=True)
    assert (opportunity.latitude, opportunity.longitude) == (None, None)
    update(opportunity, is_remote=False, location_zip="")
    assert (opportunity.latitude, opportunity.location_zip) == (None, "")


def test_all_wrong_values_are_named_at_once() -> None:
    opportunity = OpportunityFactory()
    assert problems(
        opportunity,
        title="ab",
        description="short",
        impact_statement="x" * 1001,
        end_date=opportunity.start_date - timedelta(hours=1),
        location_zip="941",
        kind=OpportunityKind.EXTERNAL,
        cause_ids=[0],
    ) == {
        ("title", "TOO_SHORT"),
        ("description", "TOO_SHORT"),
        ("impact_statement", "TOO_LONG"),
        ("end_date", "INVALID"),
        ("location_zip", "INVALID"),
        ("kind", "INVALID"),
        ("cause_ids.0", "NOT_FOUND"),
    }
    naive = datetime(2031, 5, 4)  # noqa: DTZ001
    assert problems(opportunity, end_date=naive) == {("end_date", "INVALID")}


def test_the_order_of_dates_is_that_of_the_row_as_it_is_to_be() -> None:
    opportunity = OpportunityFactory()
    start, end = opportunity.start_date, opportunity.end_date
    for late in (end, end + timedelta(hours=1)):
        assert problems(opportunity, start_date=late) == {("end_date", "INVALID")}
    for early in (start, start - timedelta(hours=1)):
        assert problems(opportunity, end_date=early) == {("end_date", "INVALID")}
    assert problems(opportunity, start_date=end, end_date=start) == {("end_date", "INVALID")}
    update(opportunity, start_date=end, end_date=end + timedelta(hours=1))
    assert opportunity.start_date == end


def test_a_listing_that_ends_as_it_begins_keeps_that_while_it_is_one() -> None:
    listing = OpportunityFactory(kind=OpportunityKind.EXTERNAL)
    listing.end_date = listing.start_date
    listing.save()
    update(listing, title="Another title")
    assert (listing.title, listing.end_date) == ("Another title", listing.start_date)
    assert problems(listing, kind=OpportunityKind.SIGN_UP) == {("end_date", "INVALID")}
    update(listing, kind=OpportunityKind.SIGN_UP, end_date=listing.start_date + timedelta(hours=2))
    assert listing.kind == OpportunityKind.SIGN_UP


def test_a_published_one_is_not_put_into_the_past_and_one_that_is_over_keeps_its_time_and_place() -> None:
    now = timezone.now()
    opportunity = OpportunityFactory()
    times: dict[str, Any] = {"start_date": now - timedelta(days=2), "end_date": now - timedelta(days=1)}
    assert problems(opportunity, **times) == {("end_date", "INVALID")}
    over = OpportunityFactory(past=True)
    assert problems(over, end_date=now + timedelta(days=1)) == {("end_date", "CONFLICT")}
    assert problems(over, location_text="Elsewhere") == {("location_text", "CONFLICT")}
    update(over, impact_statement="Ten trees more.")
    assert over.impact_statement == "Ten trees more."
    draft = OpportunityFactory(draft=True)
    update(draft, **times)
    assert draft.end_date == times["end_date"]


def test_the_kind_is_fixed_once_somebody_has_applied_whatever_became_of_it() -> None:
    role = RoleFactory()
    opportunity = role.opportunity
    update(opportunity, kind=OpportunityKind.EXPRESS_INTEREST)
    ApplicationFactory(role=role, status=ApplicationStatus.WITHDRAWN)
    assert problems(opportunity, kind=OpportunityKind.SIGN_UP) == {("kind", "CONFLICT")}
    update(opportunity, kind=OpportunityKind.EXPRESS_INTEREST, title="Clean the creek")
    assert opportunity.title == "Clean the creek"


def test_a_listing_that_a_host_took_over_is_theirs_to_change() -> None:
    taken_over = OpportunityFactory(kind=OpportunityKind.EXTERNAL)
    update(taken_over, title="Clean the creek")
    assert (taken_over.title, taken_over.kind) == ("Clean the creek", OpportunityKind.EXTERNAL)
    update(taken_over, kind=OpportunityKind.SIGN_UP)
    assert taken_over.kind == OpportunityKind.SIGN_UP
    free = OpportunityFactory(external=True)
    assert problems(free, actor=owner_of(taken_over.host), title="Mine now") == {(None, "FORBIDDEN")}


def test_what_was_called_off_stays_as_it_was() -> None:
    opportunity = OpportunityFactory(status=OpportunityStatus.CANCELLED)
    assert problems(opportunity, title="Clean the creek") == {("opportunity_id", "CONFLICT")}


def test_others_may_not_change_it_and_do_not_learn_of_drafts() -> None:
    opportunity, draft = OpportunityFactory(), OpportunityFactory(draft=True)
    for actor in (UserFactory(), UserFactory(overseer=True)):
        assert problems(opportunity, actor, title="Mine now") == {(None, "FORBIDDEN")}
    assert problems(draft, UserFactory(), title="Mine now") == {("opportunity_id", "NOT_FOUND")}


def test_no_offer_is_held_longer_than_what_it_is_for() -> None:
    begins = timezone.now() + timedelta(days=9)
    opportunity = OpportunityFactory(start_date=begins, end_date=begins + timedelta(hours=3))
    role = RoleFactory(opportunity=opportunity, slots_available=5)
    late, soon = timezone.now() + timedelta(days=2), timezone.now() + timedelta(minutes=5)
    offers = [ApplicationFactory(role=role, status=ApplicationStatus.OFFERED) for _ in range(2)]
    for offer, deadline in zip(offers, (late, soon), strict=True):
        offer.offer_expires_at = deadline
        offer.save()
    earlier = timezone.now() + timedelta(hours=1)
    update(opportunity, start_date=earlier)
    for offer in offers:
        offer.refresh_from_db()
    assert [offer.offer_expires_at for offer in offers] == [earlier, soon]


def test_those_who_hold_a_place_are_not_told_of_changes_without_end() -> None:
    opportunity = OpportunityFactory()
    owner = owner_of(opportunity.host)
    for number in range(MAX_ANNOUNCEMENTS_PER_HOUR):
        update(opportunity, owner, location_text=f"Corner {number}")
    assert problems(opportunity, owner, location_text="Another corner") == {(None, "RATE_LIMITED")}
    update(opportunity, owner, title="A title wakes nobody")


def test_words_from_before_do_not_stand_in_the_way_of_another_date() -> None:
    opportunity = OpportunityFactory(title="Trees \u200f", description="Dig \x0b and water.")
    update(opportunity, start_date=opportunity.start_date + timedelta(minutes=5))
    assert problems(opportunity, description="Dig \x0b and plant.") == {("description", "INVALID")}
