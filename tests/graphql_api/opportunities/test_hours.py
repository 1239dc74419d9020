"""Reading hours and figures: to each what is theirs, at a constant number of statements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from domains.opportunities.models import HoursEntry
from tests.api import gid
from tests.factories import (
    ApplicationFactory,
    EventTicketFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    RoleFactory,
    RoleSkillFactory,
    ServiceRecordFactory,
    SkillFactory,
)
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import HOST_FIGURES, MY_IMPACT, MY_RECORDS
from tests.sql import statements_of

NODE = """query Node($id: ID!) { node(id: $id) {
  __typename id
  ... on HoursEntry { hours note reviewNote corrects { id } application { id } }
  ... on Application { entries: hours { id hours countedHours status } }
  ... on ServiceRecord { code }
} }"""
NOTHING = {
    "approvedHours": 0,
    "opportunitiesCompleted": 0,
    "eventsAttended": 0,
    "skillsDeveloped": [],
    "hoursByMonth": [],
}


def worked(cast: Cast, day: datetime, hours: float, **fields: Any) -> HoursEntry:
    application = ApplicationFactory(
        volunteer=cast["volunteer"],
        role=RoleFactory(opportunity__host=cast.host, opportunity__past=True),
        status=fields.pop("of", "COMPLETED"),
    )
    ended_at = day + timedelta(hours=hours)
    return HoursEntryFactory(application=application, started_at=day, ended_at=ended_at, **{"approved": True, **fields})


def test_my_impact_is_the_sum_of_what_was_approved_and_mine_alone(cast: Cast, api_as: Any) -> None:
    march = datetime(2026, 3, 31, 22, tzinfo=UTC)
    first = worked(cast, march, 3)
    skill = SkillFactory(name="Digging")
    RoleSkillFactory(role=first.application.role, skill=skill, is_developed=True)
    wrong = worked(cast, march + timedelta(days=2), 4, of="ACCEPTED")
    HoursEntryFactory(
        application=wrong.application,
        corrects=wrong,
        approved=True,
        started_at=march - timedelta(days=31, hours=2),
        ended_at=march - timedelta(days=31),
    )
    worked(cast, march + timedelta(days=3), 8, approved=False, of="ACCEPTED")
    EventTicketFactory(attendee=cast["volunteer"], checked_in=True)
    EventTicketFactory(attendee=cast["volunteer"])
    EventTicketFactory(checked_in=True)
    assert api_as(cast["volunteer"]).ask(MY_IMPACT)["me"]["impact"] == {
        "approvedHours": 5,
        "opportunitiesCompleted": 1,
        "eventsAttended": 1,
        "skillsDeveloped": [{"id": gid(skill), "name": "Digging"}],
        "hoursByMonth": [{"month": "2026-02", "hours": 2}, {"month": "2026-03", "hours": 3}],
    }
    for kind in ("owner", "staff", "other owner"):
        assert api_as(cast[kind]).ask(MY_IMPACT)["me"]["impact"] == NOTHING
        user = "query($id: ID!) { node(id: $id) { ... on User { impact { approvedHours } serviceRecords { code } } } }"
        seen = api_as(cast[kind]).ask(user, id=gid(cast["volunteer"]))["node"]
        assert seen == {"impact": None, "serviceRecords": []}


def test_the_figures_of_a_host_and_what_it_has_to_review(cast: Cast, api_as: Any) -> None:
    day = datetime(2026, 3, 31, 12, tzinfo=UTC)
    worked(cast, day, 3)
    waiting = worked(cast, day + timedelta(days=1), 2, approved=False, of="ACCEPTED")
    HoursEntryFactory(approved=True)
    HoursEntryFactory()
    for kind, reviews in (("coordinator", True), ("staff", False)):
        found = api_as(cast[kind]).ask(HOST_FIGURES, id=gid(cast.host))["node"]
        assert found["impact"] == {
            "approvedHours": 3,
            "volunteers": 1,
            "opportunitiesCompleted": 1,
            "hoursByMonth": [{"month": "2026-03", "hours": 3}],
        }
        ids = [edge["node"]["id"] for edge in found["hoursToReview"]["edges"]]
        assert ids == ([gid(waiting)] if reviews else [])
        assert found["hoursToReview"]["totalCount"] == len(ids)


def test_nobody_finds_their_own_hours_among_those_to_review(cast: Cast, api_as: Any) -> None:
    entry = worked(cast, datetime(2026, 3, 1, tzinfo=UTC), 3, approved=False)
    HostMembershipFactory(host=cast.host, user=cast["volunteer"])
    found = api_as(cast["volunteer"]).ask(HOST_FIGURES, id=gid(cast.host))["node"]
    assert (found["impact"]["approvedHours"], found["hoursToReview"]["edges"]) == (0, [])
    seen = api_as(cast["owner"]).ask(HOST_FIGURES, id=gid(cast.host))["node"]
    assert [edge["node"]["id"] for edge in seen["hoursToReview"]["edges"]] == [gid(entry)]


def test_an_entry_shows_its_length_its_notes_and_what_it_corrects(cast: Cast, api_as: Any) -> None:
    entry = worked(cast, datetime(2026, 3, 1, tzinfo=UTC), 3)
    correction = HoursEntryFactory(application=entry.application, corrects=entry, note="Too long.")
    api = api_as(cast["coordinator"])
    assert api.ask(NODE, id=gid(correction))["node"] == {
        "__typename": "HoursEntry",
        "id": gid(correction),
        "hours": 3,
        "note": "Too long.",
        "reviewNote": "",
        "corrects": {"id": gid(entry)},
        "application": {"id": gid(entry.application)},
    }
    application = api.ask(NODE, id=gid(entry.application))["node"]
    assert {one["id"] for one in application["entries"]} == {gid(entry), gid(correction)}


def test_records_are_ones_own_newest_first(cast: Cast, api_as: Any) -> None:
    records = ServiceRecordFactory.create_batch(2, volunteer=cast["volunteer"])
    ServiceRecordFactory(volunteer=cast["volunteer"], revoked=True)
    mine = api_as(cast["volunteer"])
    found = mine.ask(MY_RECORDS)["me"]["serviceRecords"]
    assert [one["isRevoked"] for one in found] == [True, False, False]
    assert {one["approvedHours"] for one in found} == {3}
    assert mine.ask(NODE, id=gid(records[0]))["node"]["code"] == records[0].code
    for kind in ("owner", "staff"):
        assert api_as(cast[kind]).ask(MY_RECORDS)["me"]["serviceRecords"] == []


def test_impact_costs_the_same_with_one_entry_and_with_many(cast: Cast, api_as: Any) -> None:
    volunteer, owner = api_as(cast["volunteer"]), api_as(cast["owner"])

    def cost() -> tuple[int, int]:
        return (
            len(statements_of(lambda: volunteer.ask(MY_IMPACT))),
            len(statements_of(lambda: owner.ask(HOST_FIGURES, id=gid(cast.host)))),
        )

    volunteer.ask(MY_IMPACT)
    owner.ask(MY_IMPACT)  # both begin their sessions
    day = datetime(2026, 3, 1, tzinfo=UTC)

    def work(number: int) -> None:
        entry = worked(cast, day + timedelta(days=20 * number), 3)
        RoleSkillFactory(role=entry.application.role, is_developed=True)
        worked(cast, day + timedelta(days=20 * number + 1), 3, approved=False)

    work(0)
    one = cost()
    for number in range(1, 5):
        work(number)
    assert cost() == one
    # The session, the viewer, and one for each figure; skills are found, then read.
    assert one[0] <= 9, one
