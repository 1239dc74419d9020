"""A community that was there before: what its opportunities say is put in order before the database insists on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from domains.opportunities.models import Opportunity, OpportunityKind, Role
from tests.factories import OpportunityFactory, RoleFactory

BEFORE, AFTER = [("opportunities", "0010_overrides")], [("opportunities", "0011_opportunity_limits")]
START = datetime(2031, 5, 4, 10, tzinfo=UTC)


@pytest.fixture
def old_tables() -> Iterator[MigrationExecutor]:
    """The tables as they were; whatever the test does, they are today's in the end."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield MigrationExecutor(connection)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_what_was_over_as_it_began_lasts_a_second_and_too_many_slots_are_the_most(
    old_tables: MigrationExecutor,
) -> None:
    apps = old_tables.loader.project_state(BEFORE).apps
    host = apps.get_model("opportunities", "OpportunityHost").objects.create(organization_name="Creek Friends")
    opportunities = apps.get_model("opportunities", "Opportunity").objects
    common = {"title": "Dig", "description": "Dig with us.", "start_date": START}
    short = opportunities.create(host=host, kind="SIGN_UP", end_date=START, **common)
    external = opportunities.create(kind="EXTERNAL", end_date=START, **common)
    usual = opportunities.create(host=host, kind="SIGN_UP", end_date=START + timedelta(hours=3), **common)
    roles = apps.get_model("opportunities", "Role").objects
    crowd = roles.create(opportunity=short, title="Digger", slots_available=2_000_000, slots_taken=3)
    few = roles.create(opportunity=usual, title="Digger", slots_available=5)
    old_tables.migrate(AFTER)
    ends = dict(Opportunity.objects.values_list("pk", "end_date"))
    assert ends == {
        short.pk: START + timedelta(seconds=1),
        external.pk: START,
        usual.pk: START + timedelta(hours=3),
    }
    assert dict(Role.objects.values_list("pk", "slots_available")) == {crowd.pk: 100_000, few.pk: 5}


@pytest.mark.django_db
def test_the_database_insists_whoever_writes() -> None:
    opportunity, role = OpportunityFactory(), RoleFactory()
    listing = OpportunityFactory(kind=OpportunityKind.EXTERNAL)
    for kind, end, is_taken in [
        (OpportunityKind.SIGN_UP, opportunity.start_date, False),
        (OpportunityKind.EXPRESS_INTEREST, opportunity.start_date - timedelta(hours=1), False),
        (OpportunityKind.EXTERNAL, listing.start_date, True),
        (OpportunityKind.EXTERNAL, listing.start_date - timedelta(hours=1), False),
    ]:
        row = listing if kind == OpportunityKind.EXTERNAL else opportunity
        assert _is_taken(lambda row=row, kind=kind, end=end: _write(row, kind=kind, end_date=end)) is is_taken
    for slots, is_taken in [(0, False), (1, True), (100_000, True), (100_001, False)]:
        write = lambda slots=slots: Role.objects.filter(pk=role.pk).update(slots_available=slots)  # noqa: E731
        assert _is_taken(write) is is_taken


def _write(row: Opportunity, **columns: object) -> None:
    Opportunity.objects.filter(pk=row.pk).update(**columns)


def _is_taken(write: object) -> bool:
    assert callable(write)
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return False
    return True
