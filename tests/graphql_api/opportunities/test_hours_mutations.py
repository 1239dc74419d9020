"""Mutations of hours, from work to a record. Who may: tests/house/permissions.toml."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domains.opportunities.models import HoursEntry, HoursStatus, ServiceRecord
from tests.api import gid
from tests.factories import ApplicationFactory, HoursEntryFactory
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import (
    CREATE_SERVICE_RECORD,
    LOG_HOURS,
    REVIEW_HOURS,
    REVOKE_SERVICE_RECORD,
)

START = datetime(2026, 3, 1, 18, tzinfo=UTC)


def hours(cast: Cast, **fields: Any) -> HoursEntry:
    application = ApplicationFactory(
        volunteer=cast["volunteer"],
        status="ACCEPTED",
        role__opportunity__past=True,
        role__opportunity__start_date=START,
        role__opportunity__host=cast.host,
    )
    return HoursEntryFactory(application=application, **fields)


def test_the_story_of_hours_from_work_to_a_record(cast: Cast, api_as: Any) -> None:
    volunteer, owner = api_as(cast["volunteer"]), api_as(cast["owner"])
    application = ApplicationFactory(
        volunteer=cast["volunteer"],
        status="ACCEPTED",
        role__opportunity__past=True,
        role__opportunity__start_date=START,
        role__opportunity__host=cast.host,
    )
    times = {"startedAt": "2026-03-01T10:00:00-08:00", "endedAt": "2026-03-01T13:00:00-08:00"}
    logged = volunteer.act(LOG_HOURS, applicationId=gid(application), **times)
    assert (logged["status"], logged["hours"], logged["countedHours"]) == ("SUBMITTED", 3, 0)
    assert volunteer.act(LOG_HOURS, applicationId=gid(application), **times) == logged
    approved = owner.act(REVIEW_HOURS, hoursEntryId=logged["id"], approve=True, note="Thank you.")
    assert (approved["status"], approved["countedHours"]) == ("APPROVED", 3)
    assert owner.act(REVIEW_HOURS, hoursEntryId=logged["id"], approve=True)["reviewNote"] == "Thank you."
    contrary = owner.act(REVIEW_HOURS, hoursEntryId=logged["id"], approve=False)
    assert [(one["code"], one["field"]) for one in contrary["messages"]] == [("CONFLICT", "hoursEntryId")]
    times["endedAt"] = "2026-03-01T12:30:00-08:00"
    right = volunteer.act(LOG_HOURS, applicationId=gid(application), correctsId=logged["id"], **times)
    assert (right["hours"], right["corrects"]) == (2.5, {"id": logged["id"]})
    assert owner.act(REVIEW_HOURS, hoursEntryId=right["id"], approve=True)["countedHours"] == -0.5
    record = volunteer.act(CREATE_SERVICE_RECORD, since="2026-03-01", until="2026-03-01")
    assert (record["approvedHours"], record["isRevoked"]) == (2.5, False)
    assert record["url"].endswith(f"/records/{record['code']}")
    assert (record["since"], record["until"]) == ("2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00")
    assert volunteer.act(REVOKE_SERVICE_RECORD, recordId=record["id"])["isRevoked"] is True
    assert HoursEntry.objects.filter(status=HoursStatus.APPROVED).count() == 2
    assert ServiceRecord.objects.get().token == ""


def test_what_is_wrong_comes_back_with_its_field_in_camel_case(cast: Cast, api_as: Any) -> None:
    entry = hours(cast)
    volunteer = api_as(cast["volunteer"])
    wrong = volunteer.act(
        LOG_HOURS,
        applicationId=gid(entry.application),
        startedAt="2026-03-01T10:00:00",
        endedAt="9999-12-31T23:59:59Z",
        note="x" * 501,
    )
    assert {(one["field"], one["code"]) for one in wrong["messages"]} == {
        ("startedAt", "INVALID"), ("endedAt", "INVALID"), ("note", "TOO_LONG"),
    }  # fmt: skip
    record = volunteer.act(CREATE_SERVICE_RECORD, since="0001-01-01", until="9999-12-31")
    assert {(one["field"], one["code"]) for one in record["messages"]} == {("since", "INVALID"), ("until", "INVALID")}


def test_the_volunteer_confirms_what_check_in_proposes_and_nobody_else_sees_it(cast: Cast, api_as: Any) -> None:
    proposal = hours(cast, proposed=True, started_at=START, ended_at=START + timedelta(hours=2))
    volunteer, owner = api_as(cast["volunteer"]), api_as(cast["owner"])
    document = "query Hours($id: ID!) { node(id: $id) { ... on Application { hours { id status } } } }"

    def seen_by(viewer: Any) -> list[dict[str, str]]:
        found: list[dict[str, str]] = viewer.ask(document, id=gid(proposal.application))["node"]["hours"]
        return found

    assert seen_by(volunteer) == [{"id": gid(proposal), "status": "PROPOSED"}]
    assert seen_by(owner) == []
    confirmed = volunteer.act(LOG_HOURS, hoursEntryId=gid(proposal), endedAt="2026-03-01T11:30:00-08:00")
    assert (confirmed["id"], confirmed["status"], confirmed["hours"]) == (gid(proposal), "SUBMITTED", 1.5)
    assert volunteer.act(LOG_HOURS, hoursEntryId=gid(proposal)) == confirmed
    assert seen_by(owner) == [{"id": gid(proposal), "status": "SUBMITTED"}]


def test_neither_or_both_ids_come_back_with_their_fields(cast: Cast, api_as: Any) -> None:
    proposal = hours(cast, proposed=True, started_at=START, ended_at=START + timedelta(hours=2))
    volunteer = api_as(cast["volunteer"])

    def problems(**given: Any) -> list[tuple[str, str]]:
        return [(one["code"], one["field"]) for one in volunteer.act(LOG_HOURS, **given)["messages"]]

    entry, application = {"hoursEntryId": gid(proposal)}, {"applicationId": gid(proposal.application)}
    assert problems() == [("REQUIRED", "applicationId")]
    assert problems(**application) == [("REQUIRED", "startedAt"), ("REQUIRED", "endedAt")]
    assert problems(**entry, **application) == [("INVALID", "hoursEntryId")]
    assert problems(**entry, correctsId=gid(proposal)) == [("INVALID", "correctsId")]
    assert problems(**entry, endedAt="2026-03-01T23:30:00-08:00") == [("REQUIRED", "note")]


@pytest.mark.parametrize("wrong", ["", "x", "Um9sZTox", "🌊", "SG91cnNFbnRyeTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk="])
def test_an_id_that_is_none_or_another_types_is_not_found(cast: Cast, api_as: Any, wrong: str) -> None:
    entry = hours(cast, approved=True)
    times = {"startedAt": "2026-03-01T10:00:00Z", "endedAt": "2026-03-01T12:00:00Z"}
    wishes: list[tuple[str, str, str, dict[str, Any]]] = [
        ("volunteer", LOG_HOURS, "applicationId", times),
        ("volunteer", LOG_HOURS, "hoursEntryId", {}),
        ("volunteer", LOG_HOURS, "correctsId", {"applicationId": gid(entry.application), **times}),
        ("owner", REVIEW_HOURS, "hoursEntryId", {"approve": True}),
        ("volunteer", REVOKE_SERVICE_RECORD, "recordId", {}),
    ]
    for kind, document, name, more in wishes:
        payload = api_as(cast[kind]).act(document, **{name: wrong}, **more)
        assert [(message["code"], message["field"]) for message in payload["messages"]] == [("NOT_FOUND", name)]
