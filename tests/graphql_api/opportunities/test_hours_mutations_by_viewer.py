"""Each mutation of hours, asked by everyone: who may, who is told what, and that refusals change nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domains.opportunities.models import HoursEntry, HoursStatus, ServiceRecord
from tests.api import codes, gid
from tests.factories import ApplicationFactory, HoursEntryFactory, ServiceRecordFactory, UserFactory
from tests.graphql_api.opportunities.conftest import Cast
from tests.graphql_api.opportunities.documents import (
    CREATE_SERVICE_RECORD,
    LOG_HOURS,
    REVIEW_HOURS,
    REVOKE_SERVICE_RECORD,
)
from tests.sql import rows_of

DONE = "done"
NO_LOGIN, NO, NOT_HERE, NOTHING = "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "INVALID"
#: "volunteer" is the one whose hours they are.
OUTCOMES: dict[str, dict[str, str]] = {
    "logHours": {
        "stranger": NO_LOGIN, "volunteer": DONE, "other volunteer": NOT_HERE, "other owner": NOT_HERE,
        "scanner": NOT_HERE, "coordinator": NO, "owner": NO, "staff": NO,
    },
    "logHours to correct": {
        "stranger": NO_LOGIN, "volunteer": DONE, "other volunteer": NOT_HERE, "other owner": NOT_HERE,
        "scanner": NOT_HERE, "coordinator": NO, "owner": NO, "staff": NO,
    },
    "reviewHours": {
        "stranger": NO_LOGIN, "volunteer": NO, "other volunteer": NOT_HERE, "other owner": NOT_HERE,
        "scanner": NOT_HERE, "coordinator": DONE, "owner": DONE, "staff": NO,
    },
    "reviewHours to reject": {
        "stranger": NO_LOGIN, "volunteer": NO, "other volunteer": NOT_HERE, "other owner": NOT_HERE,
        "scanner": NOT_HERE, "coordinator": DONE, "owner": DONE, "staff": NO,
    },
    "createServiceRecord": {
        "stranger": NO_LOGIN, "volunteer": DONE, "other volunteer": NOTHING, "other owner": NOTHING,
        "scanner": NOTHING, "coordinator": NOTHING, "owner": NOTHING, "staff": NOTHING,
    },
    "revokeServiceRecord": {
        "stranger": NO_LOGIN, "volunteer": DONE, "other volunteer": NOT_HERE, "other owner": NOT_HERE,
        "scanner": NOT_HERE, "coordinator": NOT_HERE, "owner": NOT_HERE, "staff": NOT_HERE,
    },
}  # fmt: skip


def hours(cast: Cast, **fields: Any) -> HoursEntry:
    application = ApplicationFactory(
        volunteer=cast["volunteer"],
        status="ACCEPTED",
        role__opportunity__past=True,
        role__opportunity__start_date=datetime(2026, 3, 1, 18, tzinfo=UTC),
        role__opportunity__host=cast.host,
    )
    return HoursEntryFactory(application=application, **fields)


def request_for(mutation: str, cast: Cast) -> tuple[str, dict[str, Any]]:
    """Return the document and an input that those who may act succeed with."""
    entry = hours(cast, approved=mutation in {"logHours to correct", "createServiceRecord"})
    times = {"startedAt": "2026-03-01T10:00:00-08:00", "endedAt": "2026-03-01T12:00:00-08:00"}
    match mutation:
        case "logHours":
            return LOG_HOURS, {"applicationId": gid(entry.application), **times}
        case "logHours to correct":
            return LOG_HOURS, {"applicationId": gid(entry.application), "correctsId": gid(entry), **times}
        case "reviewHours" | "reviewHours to reject":
            return REVIEW_HOURS, {"hoursEntryId": gid(entry), "approve": mutation == "reviewHours"}
        case "createServiceRecord":
            return CREATE_SERVICE_RECORD, {}
        case _:
            return REVOKE_SERVICE_RECORD, {"recordId": gid(ServiceRecordFactory(volunteer=cast["volunteer"]))}


@pytest.mark.parametrize(
    ("mutation", "kind", "outcome"),
    [(mutation, kind, outcome) for mutation, by_kind in OUTCOMES.items() for kind, outcome in by_kind.items()],
)
def test_everyone_gets_what_they_may_and_a_refusal_changes_nothing(
    cast: Cast, api_as: Any, mutation: str, kind: str, outcome: str
) -> None:
    cast.people["other volunteer"] = UserFactory()
    document, wish = request_for(mutation, cast)
    before = rows_of("opportunities", "base")
    payload = api_as(cast.people[kind]).act(document, **wish)
    if outcome == DONE:
        assert payload["__typename"] != "OperationInfo", payload
        assert rows_of("opportunities", "base") != before
    else:
        assert codes(payload) == [outcome]
        assert rows_of("opportunities", "base") == before


def test_the_story_of_hours_from_work_to_a_record(cast: Cast, api_as: Any) -> None:
    volunteer, owner = api_as(cast["volunteer"]), api_as(cast["owner"])
    application = ApplicationFactory(
        volunteer=cast["volunteer"],
        status="ACCEPTED",
        role__opportunity__past=True,
        role__opportunity__start_date=datetime(2026, 3, 1, 18, tzinfo=UTC),
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


@pytest.mark.parametrize("wrong", ["", "x", "Um9sZTox", "🌊", "SG91cnNFbnRyeTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk="])
def test_an_id_that_is_none_or_another_types_is_not_found(cast: Cast, api_as: Any, wrong: str) -> None:
    entry = hours(cast, approved=True)
    times = {"startedAt": "2026-03-01T10:00:00Z", "endedAt": "2026-03-01T12:00:00Z"}
    wishes: list[tuple[str, str, str, dict[str, Any]]] = [
        ("volunteer", LOG_HOURS, "applicationId", times),
        ("volunteer", LOG_HOURS, "correctsId", {"applicationId": gid(entry.application), **times}),
        ("owner", REVIEW_HOURS, "hoursEntryId", {"approve": True}),
        ("volunteer", REVOKE_SERVICE_RECORD, "recordId", {}),
    ]
    for kind, document, name, more in wishes:
        payload = api_as(cast[kind]).act(document, **{name: wrong}, **more)
        assert [(message["code"], message["field"]) for message in payload["messages"]] == [("NOT_FOUND", name)]
