"""Reporting, as a frontend does it. Who may report, and who sees a report: tests/house/permissions.toml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domains.accounts.models import User
from domains.moderation.models import ContentReport
from tests.api import Api, codes, gid
from tests.factories import ContentReportFactory, MessageFactory, UserFactory, conversation_between

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User | None], Api]

REPORT = """mutation ReportContent($input: ReportContentInput!) { reportContent(input: $input) {
  __typename ... on ContentReport { id status } ... on OperationInfo { messages { kind code field message } } } }"""
NODE = "query($id: ID!) { node(id: $id) { ... on ContentReport { id status reason details createdAt } } }"


def test_a_report_is_open_and_names_who_made_it(api_as: ApiAs) -> None:
    sender, other = UserFactory.create_batch(2)
    message = MessageFactory(conversation=conversation_between(sender, other), sender=sender)
    answer = api_as(other).act(REPORT, subjectId=gid(message), reason="HARASSMENT", details="Rude")
    assert (answer["__typename"], answer["status"]) == ("ContentReport", "OPEN")
    assert ContentReport.objects.get().reporter == other


def test_bad_input_is_told_by_its_code(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    for id in ("nonsense", "", "VXNlcjo5OTk5OTk5OTk=", gid(ben, "Session"), gid(ben, "Query"), "x" * 5000):
        refused = api_as(ann).act(REPORT, subjectId=id, reason="SPAM")
        assert (codes(refused), refused["messages"][0]["field"]) == (["NOT_FOUND"], "subjectId")
    long = api_as(ann).act(REPORT, subjectId=gid(ben), reason="SPAM", details="x" * 2001)
    assert (codes(long), long["messages"][0]["field"]) == (["TOO_LONG"], "details")
    assert api_as(ann).error_code(REPORT, input={"subjectId": gid(ben), "reason": "BORING"}) == "BAD_USER_INPUT"
    assert not ContentReport.objects.exists()


def test_its_reporter_and_staff_read_all_of_a_report(api_as: ApiAs) -> None:
    report = ContentReportFactory()
    whole: dict[str, Any] = {
        "id": gid(report),
        "status": "OPEN",
        "reason": "SPAM",
        "details": report.details,
        "createdAt": report.created_at.isoformat(),
    }
    for viewer in (report.reporter, UserFactory(overseer=True)):
        assert api_as(viewer).ask(NODE, id=gid(report))["node"] == whole


def test_the_same_report_again_is_the_first_one(api_as: ApiAs) -> None:
    ann, ben = UserFactory.create_batch(2)
    answers = [api_as(ann).act(REPORT, subjectId=gid(ben), reason=reason) for reason in ("SPAM", "FRAUD")]
    assert answers[0] == answers[1]
