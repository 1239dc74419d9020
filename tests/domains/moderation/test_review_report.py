"""Answering reports: along the legal ways, with a note, by those who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.moderation import services
from domains.moderation.models import ContentReport, ReportNote, ReportStatus
from domains.moderation.transitions import MOVES
from tests.factories import ContentReportFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def reviewer() -> User:
    user = UserFactory(staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_contentreport"))
    return user


def refusal_of(**named: Any) -> list[str]:
    before = (list(ContentReport.objects.values()), ReportNote.objects.count())
    with pytest.raises(Refused) as refused:
        services.review_report(**named)
    assert (list(ContentReport.objects.values()), ReportNote.objects.count()) == before
    return [str(problem.code) for problem in refused.value.problems]


def test_a_report_is_taken_answered_and_looked_at_again_with_its_history() -> None:
    staff, report = reviewer(), ContentReportFactory()
    taken = services.review_report(actor=staff, report_id=report.pk, status=ReportStatus.REVIEWING)
    assert (taken.status, taken.handled_by, taken.handled_at) == ("REVIEWING", staff, None)
    services.review_report(actor=staff, report_id=report.pk, note="Asked them about it.")
    done = services.review_report(actor=staff, report_id=report.pk, status=ReportStatus.RESOLVED, note=" Warned. ")
    assert (done.status, done.handled_by) == ("RESOLVED", staff)
    assert done.handled_at
    again = services.review_report(actor=staff, report_id=report.pk, status=ReportStatus.REVIEWING)
    assert again.handled_at is None
    back = services.review_report(actor=staff, report_id=report.pk, status=ReportStatus.OPEN)
    assert back.handled_by is None
    assert list(report.notes.values_list("from_status", "to_status", "text", "author")) == [
        ("OPEN", "REVIEWING", "", staff.pk),
        ("REVIEWING", "REVIEWING", "Asked them about it.", staff.pk),
        ("REVIEWING", "RESOLVED", "Warned.", staff.pk),
        ("RESOLVED", "REVIEWING", "", staff.pk),
        ("REVIEWING", "OPEN", "", staff.pk),
    ]


@pytest.mark.parametrize("before", list(ReportStatus))
@pytest.mark.parametrize("after", list(ReportStatus))
def test_each_move_is_as_the_table_says(before: ReportStatus, after: ReportStatus) -> None:
    staff, report = reviewer(), ContentReportFactory(status=before)
    ask = {"actor": staff, "report_id": report.pk, "status": after, "note": "Because."}
    if after in MOVES[before]:
        assert services.review_report(**ask).status == after  # type: ignore[arg-type]
    else:
        assert refusal_of(**ask) == ["CONFLICT"]


def test_an_answer_needs_a_note() -> None:
    staff, report = reviewer(), ContentReportFactory()
    for status in (ReportStatus.RESOLVED, ReportStatus.DISMISSED, None):
        assert refusal_of(actor=staff, report_id=report.pk, status=status, note=" ") == ["REQUIRED"]
    assert refusal_of(actor=staff, report_id=report.pk, note="x" * 5001) == ["TOO_LONG"]


def test_who_may_not_answer() -> None:
    staff = reviewer()
    report, about_me, mine = ContentReportFactory(), ContentReportFactory(author=staff), ContentReportFactory()
    ContentReport.objects.filter(pk=mine.pk).update(reporter=staff)
    ask = {"status": ReportStatus.REVIEWING}
    assert refusal_of(actor=UserFactory(), report_id=report.pk, **ask) == ["NOT_FOUND"]
    assert refusal_of(actor=report.reporter, report_id=report.pk, **ask) == ["FORBIDDEN"]
    assert refusal_of(actor=UserFactory(overseer=True), report_id=report.pk, **ask) == ["FORBIDDEN"]
    assert refusal_of(actor=staff, report_id=about_me.pk, **ask) == ["FORBIDDEN"]
    assert refusal_of(actor=staff, report_id=mine.pk, **ask) == ["FORBIDDEN"]
    assert refusal_of(actor=staff, report_id=0, **ask) == ["NOT_FOUND"]


def test_what_was_reported_again_is_not_opened_twice() -> None:
    staff, answered = reviewer(), ContentReportFactory(status=ReportStatus.DISMISSED)
    ContentReportFactory(reporter=answered.reporter, subject_type=answered.subject_type, subject_id=answered.subject_id)
    assert refusal_of(actor=staff, report_id=answered.pk, status=ReportStatus.REVIEWING) == ["CONFLICT"]


@pytest.mark.django_db(transaction=True)
def test_two_who_take_a_report_at_once_do_not_both_have_it() -> None:
    people, report = [reviewer(), reviewer()], ContentReportFactory()

    def take(number: int) -> ContentReport:
        return services.review_report(actor=people[number], report_id=report.pk, status=ReportStatus.REVIEWING)

    answers = at_once(take, 2)
    assert [str(one.problems[0].code) for one in answers if isinstance(one, Refused)] == ["CONFLICT"]
    assert ReportNote.objects.count() == 1
