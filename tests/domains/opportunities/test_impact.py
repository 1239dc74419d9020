"""Impact: whatever is logged, reviewed and corrected, the figures are the sum of the approved rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import Application, HoursEntry, OpportunityHost
from domains.opportunities.selectors import (
    GroupBy,
    count_completed,
    count_volunteers,
    find_developed_skills,
    sum_hours,
    sum_hours_by_month,
)
from tests.examples import examples
from tests.factories import (
    ApplicationFactory,
    HoursEntryFactory,
    OpportunityHostFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillFactory,
    UserFactory,
    owner_of,
)
from tests.factories.hours import counted

pytestmark = pytest.mark.django_db

#: The last hours of one month and the first of the next.
START = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Entry:
    """What the model knows of an entry."""

    row: int
    application: int
    start: int
    end: int
    corrects: Entry | None = None
    status: str = "SUBMITTED"


@dataclass
class Model:
    """Hours in plain Python: what may be logged and approved, and what it adds up to."""

    #: Application -> (volunteer, host).
    applications: list[tuple[int, int]]
    entries: list[Entry] = field(default_factory=list)

    def stands(self, entry: Entry) -> bool:
        corrected = any(other.corrects is entry and other.status == "APPROVED" for other in self.entries)
        return entry.status == "APPROVED" and not corrected

    def overlaps(self, entry: Entry) -> bool:
        return any(
            self.stands(other)
            and other is not entry
            and other is not entry.corrects
            and self.applications[other.application][0] == self.applications[entry.application][0]
            and max(other.start, entry.start) < min(other.end, entry.end)
            for other in self.entries
        )

    def same(self, entry: Entry) -> Entry | None:
        for other in self.entries:
            if other.status != "REJECTED" and (other.application, other.start, other.end, other.corrects) == (
                entry.application, entry.start, entry.end, entry.corrects
            ):  # fmt: skip
                return other
        return None

    def may_log(self, entry: Entry) -> bool:
        corrected = entry.corrects
        if corrected is None:
            return entry.start < entry.end and not self.overlaps(entry)
        return (
            corrected.status == "APPROVED"
            and corrected.application == entry.application
            and (corrected.start, corrected.end) != (entry.start, entry.end)
            and not any(other.corrects is corrected and other.status != "REJECTED" for other in self.entries)
            and not self.overlaps(entry)
        )

    def hours(self, place: int) -> dict[int, dict[str, int]]:
        """Return the hours by month of each volunteer (place 0) or host (1), as differences of approved rows."""
        sums: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for entry in self.entries:
            if entry.status == "APPROVED":
                months = sums[self.applications[entry.application][place]]
                months[month_of(entry)] += entry.end - entry.start
                if entry.corrects:
                    months[month_of(entry.corrects)] -= entry.corrects.end - entry.corrects.start
        return {key: {month: hours for month, hours in sorted(one.items()) if hours} for key, one in sums.items()}


def month_of(entry: Entry) -> str:
    return f"{START + entry.start * HOUR:%Y-%m}"


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("log"), st.integers(0, 3), st.integers(0, 23), st.integers(0, 5), st.none() | st.integers(0, 9)
        ),
        st.tuples(st.just("review"), st.integers(0, 9), st.booleans()),
    ),
    max_size=25,
)


@dataclass
class World:
    """The same hours in the database."""

    applications: list[Application]
    owners: dict[int, User]
    model: Model

    def log(self, application: int, start: int, length: int, corrects: int | None) -> None:
        entries = self.model.entries
        corrected = entries[corrects] if corrects is not None and corrects < len(entries) else None
        entry = Entry(0, application, start, start + length, corrected)
        row = self.applications[application]
        try:
            logged = services.log_hours(
                actor=row.volunteer,
                application_id=row.pk,
                started_at=START + start * HOUR,
                ended_at=START + (start + length) * HOUR,
                note="It took what it took.",
                corrects_id=corrected.row if corrected else None,
            )
        except Refused:
            assert self.model.same(entry) is None
            assert not self.model.may_log(entry)
            return
        if same := self.model.same(entry):
            assert logged.pk == same.row
            return
        assert self.model.may_log(entry)
        entry.row = logged.pk
        entries.append(entry)

    def review(self, number: int, approve: bool) -> None:
        if number >= len(self.model.entries):
            return
        entry = self.model.entries[number]
        decision = "APPROVED" if approve else "REJECTED"
        may = entry.status == decision or (entry.status == "SUBMITTED" and not (approve and self.model.overlaps(entry)))
        host = self.applications[entry.application].role.opportunity.host_id
        assert host
        try:
            services.review_hours(actor=self.owners[host], hours_entry_id=entry.row, approve=approve)
        except Refused:
            assert not may
        else:
            assert may
            entry.status = decision

    def check(self) -> None:
        for whose, place in ((GroupBy.VOLUNTEER, 0), (GroupBy.HOST, 1)):
            by_month = self.model.hours(place)
            for key in {application[place] for application in self.model.applications}:
                viewer = User.objects.get(pk=key) if whose is GroupBy.VOLUNTEER else self.owners[key]
                months = by_month.get(key, {})
                total = sum_hours(viewer=viewer, group_by=whose, keys=[key]).get(key, 0)
                assert total == sum(months.values())
                found = sum_hours_by_month(viewer=viewer, group_by=whose, keys=[key]).get(key, [])
                assert {one.month: one.hours for one in found} == months
        rows = HoursEntry.objects.select_related("corrects")
        assert sum(map(counted, rows)) == 3600 * sum(
            hours for months in self.model.hours(0).values() for hours in months.values()
        )


@pytest.mark.django_db
@given(steps=STEPS)
@settings(max_examples=examples(60), deadline=None)
def test_the_figures_are_always_the_sum_of_the_approved_rows(steps: list[Any]) -> None:
    with override_settings(RATE_LIMITS=False), transaction.atomic():
        world = a_world()
        for act, *what in steps:
            getattr(world, act)(*what)
        world.check()
        transaction.set_rollback(True)


def a_world() -> World:
    """Return two people who work for two hosts each."""
    hosts = OpportunityHostFactory.create_batch(2)
    people = UserFactory.create_batch(2)
    applications = [
        ApplicationFactory(
            status="ACCEPTED",
            volunteer=person,
            role__opportunity__host=host,
            role__opportunity__past=True,
            role__opportunity__start_date=START,
            role__opportunity__location_zip="",  # months go by UTC
        )
        for person in people
        for host in hosts
    ]
    model = Model([(one.volunteer_id, one.role.opportunity.host_id or 0) for one in applications])
    return World(applications, {host.pk: owner_of(host) for host in hosts}, model)


def test_a_host_counts_who_gave_it_hours_and_what_was_completed() -> None:
    host = OpportunityHostFactory()
    role = RoleFactory(opportunity__host=host, slots_available=9)
    for _ in range(2):
        application = ApplicationFactory(role=role, status="COMPLETED")
        HoursEntryFactory.create_batch(2, application=application, approved=True)
    HoursEntryFactory(application=ApplicationFactory(role=role, status="ACCEPTED"))
    HoursEntryFactory(approved=True)
    viewer = owner_of(host)
    assert count_volunteers(viewer=viewer, host_ids=[host.pk]) == {host.pk: 2}
    assert count_completed(viewer=viewer, group_by=GroupBy.HOST, keys=[host.pk]) == {host.pk: 1}
    assert sum_hours(viewer=viewer, group_by=GroupBy.HOST, keys=[host.pk]) == {host.pk: 12}


def test_figures_are_made_of_what_the_viewer_may_see() -> None:
    entry = HoursEntryFactory(approved=True)
    host: OpportunityHost | None = entry.application.role.opportunity.host
    assert host
    for viewer, hours in [(None, {}), (UserFactory(), {}), (owner_of(host), {host.pk: 3})]:
        assert sum_hours(viewer=viewer, group_by=GroupBy.HOST, keys=[host.pk]) == hours


def test_skills_are_developed_by_completed_roles_only() -> None:
    volunteer = UserFactory()
    done, going = (RoleFactory(), RoleFactory())
    sewing, cooking, digging = (SkillFactory(name=name) for name in ("Sewing", "Cooking", "Digging"))
    for role, skill, fields in [
        (done, sewing, {"is_developed": True}),
        (done, cooking, {"is_developed": True}),
        (done, digging, {}),
        (going, digging, {"is_developed": True}),
        (RoleFactory(), digging, {"is_developed": True}),
    ]:
        RoleSkillFactory(role=role, skill=skill, **fields)
    ApplicationFactory(role=done, volunteer=volunteer, status="COMPLETED")
    ApplicationFactory(role=going, volunteer=volunteer, status="ACCEPTED")
    found = find_developed_skills(viewer=volunteer, volunteer_ids=[volunteer.pk])
    assert found == {volunteer.pk: [cooking.pk, sewing.pk]}
