"""What people read whose slots collide: after a change of times, and where a coordinator accepted somebody anyway."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.notifications.models import Notification
from domains.opportunities import services as opportunities
from domains.opportunities.models import Application, ApplicationStatus, MembershipRole, Opportunity
from domains.opportunities.selectors import find_collisions
from tests.domains.notifications.mails import sent
from tests.factories import (
    ApplicationFactory,
    HostMembershipFactory,
    RoleSkillFactory,
    UserFactory,
    owner_of,
)
from tests.slots import TEN, accept, hold_at, role_at
from tests.sql import statements_of

pytestmark = pytest.mark.django_db(transaction=True)


def move_to(opportunity: Opportunity, start: Any, **changes: Any) -> None:
    opportunities.update_opportunity(
        actor=owner_of(opportunity.host),
        opportunity_id=opportunity.pk,
        changes=opportunities.OpportunityChanges(
            start_date=start, end_date=start + (opportunity.end_date - opportunity.start_date), **changes
        ),
    )


def told(kind: str = "OPPORTUNITY_CHANGED") -> dict[int, str]:
    """Return by recipient what their only notification of this kind says."""
    return {one.recipient_id: one.body for one in Notification.objects.filter(kind=kind).order_by("pk")}


def test_a_change_onto_the_time_of_another_slot_names_it_and_both_stay() -> None:
    role = role_at(TEN + timedelta(hours=5))
    colliding, offered, free = (
        ApplicationFactory(role=role, status=status)
        for status in (ApplicationStatus.ACCEPTED, ApplicationStatus.OFFERED, ApplicationStatus.ACCEPTED)
    )
    street = hold_at(TEN, colliding.volunteer, title="Marshal <b>")
    Opportunity.objects.filter(pk=street.role.opportunity_id).update(title="Street & party")
    hold_at(TEN + timedelta(hours=2), colliding.volunteer)  # begins when the moved one ends
    hold_at(TEN, colliding.volunteer, hours=73)
    ApplicationFactory(role=role_at(), volunteer=colliding.volunteer)  # no slot, only an application
    market = hold_at(TEN, offered.volunteer)
    move_to(role.opportunity, TEN)
    bodies = told()
    assert "At the same time you hold: “Street & party” (as Marshal <b>). If you" in bodies[colliding.volunteer_id]
    assert market.role.opportunity.title in bodies[offered.volunteer_id]
    assert "At the same time" not in bodies[free.volunteer_id]
    mails = {to[0]: (text, html) for to, text, html in sent()}
    text, html = mails[colliding.volunteer.email]
    assert "At the same time you hold: “Street & party” (as Marshal <b>)." in text
    assert "“Street &amp; party” (as Marshal &lt;b&gt;)" in html
    assert "At the same time" not in mails[free.volunteer.email][0]
    assert Application.objects.filter(pk__in=[colliding.pk, street.pk], status="ACCEPTED").count() == 2


def test_a_change_of_place_names_no_other_slot() -> None:
    held = hold_at(TEN, UserFactory())
    accept(ApplicationFactory(role=role_at(), volunteer=held.volunteer), anyway=True)
    opportunities.update_opportunity(
        actor=owner_of(held.role.opportunity.host),
        opportunity_id=held.role.opportunity_id,
        changes=opportunities.OpportunityChanges(location_text="The other bank"),
    )
    assert told() == {held.volunteer_id: "Place: The other bank"}


def test_two_slots_in_the_opportunity_that_was_moved_collide_too() -> None:
    role = role_at(TEN, hours=80)  # a program leaves room beside it, for another role of its own as well
    mine = ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    other = ApplicationFactory(
        role__opportunity=role.opportunity,
        role__title="Cook",
        volunteer=mine.volunteer,
        status=ApplicationStatus.ACCEPTED,
    )
    opportunities.update_opportunity(
        actor=owner_of(role.opportunity.host),
        opportunity_id=role.opportunity_id,
        changes=opportunities.OpportunityChanges(end_date=TEN + timedelta(hours=2)),
    )
    assert f"(as {other.role.title})" in told()[mine.volunteer_id]


def test_telling_of_a_change_costs_the_same_however_many_slots_collide() -> None:
    costs = []
    for number in (1, 5):
        role = role_at(TEN, slots_available=9)
        people = [ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED).volunteer for _ in range(number)]
        for person in people:
            hold_at(TEN, person)
        keys = [person.pk for person in people]
        opportunity, now = role.opportunity, TEN - timedelta(days=1)
        costs.append(
            len(
                statements_of(
                    lambda opportunity=opportunity, keys=keys, now=now: find_collisions(  # type: ignore[misc]
                        opportunity=opportunity, volunteer_ids=keys, now=now
                    )
                )
            )
        )
    assert costs == [2, 2]


def test_accepting_anyway_is_told_to_the_volunteer_and_to_the_hosts_coordinators() -> None:
    application = ApplicationFactory(role=role_at(title="Cook"), volunteer__display_name="Ada")
    RoleSkillFactory(role=application.role)
    elsewhere = hold_at(TEN, application.volunteer)
    host = application.role.opportunity.host
    coordinator = UserFactory()
    HostMembershipFactory(host=host, user=coordinator)
    HostMembershipFactory(host=host, role=MembershipRole.SCANNER)
    owner = owner_of(host)
    accept(application, anyway=True)
    other = elsewhere.role.opportunity
    passed_over = "a required skill that is missing and another slot at the same time"
    (body,) = told("APPLICATION_DECIDED").values()
    assert f"You were accepted in spite of {passed_over}." in body
    assert f"At the same time you hold: “{other.title}”" in body
    managers = told("APPLICATION_RECEIVED")
    assert managers == {
        person.pk: f"{owner.display_name} passed over {passed_over}." for person in (owner, coordinator)
    }
    mails = {to[0]: text for to, text, _ in sent()}
    assert mails.keys() == {application.volunteer.email, owner.email, coordinator.email}
    assert other.title in mails[application.volunteer.email]
    assert "in spite of" in mails[application.volunteer.email]
    assert all(other.title not in mails[person.email] for person in (owner, coordinator))
    assert all(other.title not in one.title for one in Notification.objects.filter(kind="APPLICATION_RECEIVED"))


def test_an_acceptance_that_passes_over_nothing_says_nothing_of_it() -> None:
    application = ApplicationFactory(role=role_at())
    accept(application, anyway=True)
    assert set(told("APPLICATION_DECIDED")) == {application.volunteer_id}
    assert "spite" not in told("APPLICATION_DECIDED")[application.volunteer_id]
    assert told("APPLICATION_RECEIVED") == {}
