"""Reported files: copied when they are reported, opened by staff who see the report, gone in time."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.messaging import services as messaging
from domains.messaging.models import MessageAttachment
from domains.moderation import services, tasks
from domains.moderation.models import ContentReport, ReportFile, ReportReason
from domains.moderation.services import remove_old_reports
from tests.factories import (
    ContentReportFactory,
    MessageAttachmentFactory,
    MessageFactory,
    ReportFileFactory,
    UserFactory,
    conversation_between,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Stored = Callable[[], set[str]]


def report(actor: User, subject: Any) -> ContentReport:
    return services.report_content(
        actor=actor, subject_type=type(subject).__name__, subject_id=subject.pk, reason=ReportReason.UNSAFE
    )


def sent(*contents: bytes, **named: Any) -> tuple[User, Any]:
    """Return who may report, and a message of another that came with these files."""
    ann, ben = UserFactory.create_batch(2)
    message = MessageFactory(conversation=conversation_between(ann, ben), sender=ben)
    for content in contents:
        MessageAttachmentFactory(message=message, uploader=ben, file=ContentFile(content, "x"), **named)
    return ann, message


def address(copy: ReportFile) -> str:
    return reverse("admin:moderation_contentreport_file", args=[copy.report_id, copy.pk])


def allowed(*codenames: str) -> User:
    user = UserFactory(staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


def content_of(copy: ReportFile) -> bytes:
    with copy.file.open("rb") as file:
        content: bytes = file.read()
    return content


def test_the_staff_have_the_file_although_its_sender_takes_the_message_back(
    stored: Stored, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    ann, message = sent(b"bad words", b"worse words", filename="offer.pdf", content_type="application/pdf")
    made = report(ann, message)
    with django_capture_on_commit_callbacks(execute=True):
        messaging.delete_message(actor=message.sender, message_id=message.pk)
    assert default_storage.listdir(MessageAttachment.FOLDER)[1] == []
    assert [content_of(copy) for copy in made.files.all()] == [b"bad words", b"worse words"]
    assert stored() == {copy.file.name for copy in made.files.all()}
    assert all(re.fullmatch(r"reports/[0-9a-f]{40}", name) for name in stored())
    client.force_login(allowed("view_contentreport"))
    shown = client.get(reverse("admin:moderation_contentreport_change", args=[made.pk])).content.decode()
    for copy in made.files.all():
        assert address(copy) in shown
    assert "<img" not in shown.partition('class="files"')[2]
    response = client.get(address(made.files.all()[0]))
    assert (response.status_code, response.content) == (200, b"bad words")


def test_of_a_reported_attachment_that_file_is_kept_and_of_other_things_none(stored: Stored) -> None:
    ann, message = sent(b"one", b"two")
    first, _ = message.attachments.order_by("pk")
    assert [content_of(copy) for copy in report(ann, first).files.all()] == [b"one"]
    for subject in (message.conversation, message.sender):
        assert not report(ann, subject).files.exists()
    assert len(stored()) == 1


def test_at_most_ten_are_copied_and_reported_again_nothing_is(stored: Stored) -> None:
    ann, message = sent(*[b"x"] * 12)
    made = report(ann, message)
    assert report(ann, message) == made
    assert (made.files.count(), len(stored())) == (10, 10)


def test_a_file_that_has_gone_in_this_moment_keeps_nobody_from_reporting(stored: Stored) -> None:
    ann, message = sent(b"one", b"two")
    default_storage.delete(message.attachments.order_by("pk")[0].file.name)
    assert [content_of(copy) for copy in report(ann, message).files.all()] == [b"two"]


def test_what_fails_leaves_no_copy(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, message = sent(b"one")

    def fail(fact: Any) -> None:
        raise RuntimeError(fact)

    monkeypatch.setattr(bus, "publish", fail)
    with pytest.raises(RuntimeError):
        report(ann, message)
    assert (stored(), ReportFile.objects.count(), ContentReport.objects.count()) == (set(), 0, 0)


@pytest.mark.parametrize("content_type", ["image/png", "text/plain", "application/pdf"])
def test_no_browser_runs_it(stored: Stored, client: Client, content_type: str) -> None:
    copy: Any = ReportFileFactory(content_type=content_type, filename='<b>"x".txt')
    client.force_login(allowed("view_contentreport"))
    response = client.get(address(copy))
    assert response["Content-Type"] == content_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("attachment")
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    page = client.get(reverse("admin:moderation_contentreport_change", args=[copy.report_id])).content.decode()
    assert "<b>" not in page.partition('class="files"')[2].partition("</div>")[0]
    assert (f'<img src="{address(copy)}"' in page) == (content_type == "image/png")
    assert client.post(address(copy)).status_code == 405


def test_nobody_else_gets_at_it(stored: Stored, client: Client) -> None:
    ann, message = sent(b"one")
    copy: Any = report(ann, message).files.get()
    for viewer in (None, ann, message.sender, UserFactory(staff=True), allowed("view_reportfile", "view_reportnote")):
        client.logout()
        if viewer:
            client.force_login(viewer)
        response = client.get(address(copy))
        assert response.status_code == (403 if viewer and viewer.is_staff else 302)
        assert b"one" not in response.content
    client.force_login(allowed("view_contentreport"))
    other = ContentReportFactory()
    for place in ([other.pk, copy.pk], [copy.report_id, copy.pk + 1]):
        assert client.get(reverse("admin:moderation_contentreport_file", args=place)).status_code == 404
    default_storage.delete(copy.file.name)
    assert client.get(address(copy)).status_code == 404


def test_the_table_of_files_tells_neither_name_nor_place(stored: Stored, client: Client) -> None:
    copy: Any = ReportFileFactory(filename="her-address.txt")
    client.force_login(allowed("view_reportfile"))
    for page in ("changelist", "change"):
        arguments = [copy.pk] if page == "change" else []
        shown = client.get(reverse(f"admin:moderation_reportfile_{page}", args=arguments)).content.decode()
        assert "her-address" not in shown
        assert copy.file.name not in shown


@pytest.fixture
def run(django_capture_on_commit_callbacks: Any) -> Callable[..., int]:
    """Tidy up, as if so much time had passed."""

    def run(**later: float) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return remove_old_reports(now=timezone.now() + timedelta(**later))

    return run


def test_reports_go_with_their_evidence_ninety_days_after_the_answer(
    stored: Stored, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[remove_old_reports.__module__], "BATCH_SIZE", 2)
    now = timezone.now()
    answered: Any = [
        ReportFileFactory(report__status=status, report__handled_at=now) for status in ("RESOLVED", "DISMISSED") * 2
    ]
    waiting: Any = [ReportFileFactory(report__status=status) for status in ("OPEN", "REVIEWING")]
    later: Any = ReportFileFactory(report__status="RESOLVED", report__handled_at=now + timedelta(days=5))
    assert run(days=89) == 0
    assert run(days=91) >= len(answered)
    assert stored() == {copy.file.name for copy in (*waiting, later)}
    assert set(ReportFile.objects.all()) == {*waiting, later}
    assert set(ContentReport.objects.all()) == {copy.report for copy in (*waiting, later)}
    assert run(days=91) == 0


def test_copies_go_with_their_report_and_so_do_files_without_a_row(stored: Stored, run: Callable[..., int]) -> None:
    kept, gone = ReportFileFactory.create_batch(2)
    gone.report.delete()
    default_storage.save("reports/half-way", ContentFile(b"half"))
    default_storage.save("pictures/portrait", ContentFile(b"somebody's"))
    assert run(hours=23) == 0, "a report may be about to write its row"
    assert run(hours=25) == 2
    assert stored() == {kept.file.name}
    assert default_storage.exists("pictures/portrait")


def test_the_clock_tidies_up(stored: Stored, django_capture_on_commit_callbacks: Any) -> None:
    ReportFileFactory(report__status="DISMISSED", report__handled_at=timezone.now() - timedelta(days=91))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.remove_old_reports()
    assert (stored(), ReportFile.objects.count()) == (set(), 0)
    assert project.CELERY_BEAT_SCHEDULE["remove-old-reports"]["task"] == tasks.remove_old_reports.name


@pytest.mark.django_db(transaction=True)
def test_reported_twice_at_once_the_copies_of_one_report_stay(stored: Stored) -> None:
    ann, message = sent(b"one")
    made = at_once(lambda _: report(ann, message), 4)
    assert set(made) == {ContentReport.objects.get()}
    assert stored() == {ReportFile.objects.get().file.name}
