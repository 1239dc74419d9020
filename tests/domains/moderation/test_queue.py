"""The queue in the admin: readable, escaped, answered through the service only."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from domains.accounts.models import User
from domains.moderation import services
from domains.moderation.models import ContentReport, ReportReason, ReportStatus
from tests.factories import ContentReportFactory, MessageFactory, UserFactory, conversation_between

pytestmark = pytest.mark.django_db

LIST = reverse("admin:moderation_contentreport_changelist")


def page(report: ContentReport) -> str:
    return reverse("admin:moderation_contentreport_change", args=[report.pk])


def allowed(*codenames: str) -> User:
    user = UserFactory(staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def staff() -> User:
    return allowed("view_contentreport", "change_contentreport", "view_reportnote")


@pytest.fixture
def desk(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def act(desk: Client, action: str, *reports: ContentReport, note: str = "") -> Any:
    form = {"action": action, "note": note, "_selected_action": [report.pk for report in reports]}
    return desk.post(LIST, form, follow=True)


def answer(desk: Client, report: ContentReport, **form: str) -> Any:
    notes = {"notes-TOTAL_FORMS": "0", "notes-INITIAL_FORMS": "0"}
    return desk.post(page(report), {"move": "", "note": "", **notes, **form}, follow=True)


def test_what_waits_comes_first_and_the_oldest_on_top(desk: Client) -> None:
    done, new, newer, taken = (ContentReportFactory(status=one) for one in ("DISMISSED", "OPEN", "OPEN", "REVIEWING"))
    assert list(desk.get(LIST).context["cl"].result_list) == [new, newer, taken, done]
    assert list(desk.get(LIST, {"status__exact": "REVIEWING"}).context["cl"].result_list) == [taken]


def test_the_context_is_shown_and_nothing_in_it_is_markup(desk: Client) -> None:
    ann, ben = UserFactory(), UserFactory(display_name="<b>Ben</b>")
    conversation = conversation_between(ann, ben)
    MessageFactory(conversation=conversation, sender=ann, content="Hello there")
    message = MessageFactory(conversation=conversation, sender=ben, content="<script>alert(1)</script>\nsecond line")
    report = services.report_content(
        actor=ann, subject_type="Message", subject_id=message.pk, reason=ReportReason.UNSAFE, details="<img src=x>"
    )
    shown = desk.get(page(report)).content.decode()
    assert "Hello there" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "&lt;b&gt;Ben&lt;/b&gt;" in shown
    for raw in ("<script>alert(1)", "<b>Ben</b>", "<img src=x>"):
        assert raw not in shown
        assert raw not in desk.get(LIST).content.decode()
    assert reverse("admin:messaging_message_change", args=[message.pk]) in shown


def test_a_report_is_answered_on_its_page(desk: Client, staff: User) -> None:
    report = ContentReportFactory()
    assert answer(desk, report, move="REVIEWING").status_code == 200
    report.refresh_from_db()
    assert (report.status, report.handled_by) == ("REVIEWING", staff)
    response = answer(desk, report, move="RESOLVED")
    assert "Write down the reason" in response.content.decode()
    report.refresh_from_db()
    assert report.status == "REVIEWING"
    answer(desk, report, move="RESOLVED", note="Talked to them")
    report.refresh_from_db()
    assert report.status == "RESOLVED"
    assert "Talked to them" in desk.get(page(report)).content.decode()


def test_nothing_else_of_a_report_can_be_changed(desk: Client) -> None:
    report = ContentReportFactory()
    answer(desk, report, note="Hm.", details="changed", status="DISMISSED", reason="OTHER", subject_id="1")
    after = ContentReport.objects.get(pk=report.pk)
    assert (after.details, after.status, after.reason, after.subject_id) == (
        report.details,
        "OPEN",
        "SPAM",
        report.subject_id,
    )
    assert report.notes.get().text == "Hm."
    assert (
        desk.post(reverse("admin:moderation_contentreport_delete", args=[report.pk]), {"post": "yes"}).status_code
        == 403
    )


def test_moves_that_are_not_legal_are_not_offered(desk: Client) -> None:
    report = ContentReportFactory(status=ReportStatus.RESOLVED)
    answer(desk, report, move="DISMISSED", note="No.")
    report.refresh_from_db()
    assert report.status == "RESOLVED"
    shown = desk.get(page(report)).content.decode()
    assert "Take into review" in shown
    assert "Dismiss:" not in shown


def test_many_are_answered_at_once_and_what_is_refused_is_told(desk: Client) -> None:
    one, two, done = ContentReportFactory(), ContentReportFactory(), ContentReportFactory(status="RESOLVED")
    told = act(desk, "take", one, two).content.decode()
    assert "2 reports are REVIEWING now." in told
    assert "Write down the reason" in act(desk, "dismiss", one).content.decode()
    told = act(desk, "dismiss", one, done, note="Nothing wrong with it").content.decode()
    assert "1 report is DISMISSED now." in told
    assert "from where it cannot become DISMISSED" in told
    assert list(ContentReport.objects.order_by("pk").values_list("status", flat=True)) == [
        "DISMISSED",
        "REVIEWING",
        "RESOLVED",
    ]


def test_staff_who_may_only_look_answer_nothing(client: Client) -> None:
    client.force_login(allowed("view_contentreport"))
    report = ContentReportFactory()
    shown = client.get(page(report))
    assert shown.status_code == 200
    assert 'name="note"' not in shown.content.decode()
    assert answer(client, report, move="DISMISSED", note="x").status_code == 403
    act(client, "take", report)
    report.refresh_from_db()
    assert report.status == "OPEN"


def test_nobody_answers_a_report_about_themselves(desk: Client, staff: User) -> None:
    report = ContentReportFactory(subject=staff)
    assert 'name="move"' not in desk.get(page(report)).content.decode()
    assert answer(desk, report, move="DISMISSED", note="Lies").status_code == 403
    act(desk, "dismiss", report, note="Lies")
    report.refresh_from_db()
    assert report.status == "OPEN"
