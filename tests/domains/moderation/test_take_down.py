"""Taking down what was reported: it goes and the report is resolved, both or neither."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.messaging.models import Message
from domains.moderation import services
from domains.moderation.models import ContentReport, ReportNote
from domains.opportunities.models import Opportunity
from tests.factories import (
    ContentReportFactory,
    MessageAttachmentFactory,
    MessageFactory,
    OpportunityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    user = UserFactory(staff=True)
    rights = ("view_contentreport", "change_contentreport")
    user.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    return user


def refusal_of(**named: Any) -> list[str]:
    before = (list(ContentReport.objects.values()), ReportNote.objects.count())
    with pytest.raises(Refused) as refused:
        services.take_down(**named)
    assert (list(ContentReport.objects.values()), ReportNote.objects.count()) == before
    return [str(problem.code) for problem in refused.value.problems]


@pytest.mark.parametrize("is_file", [False, True])
def test_a_message_goes_whether_it_or_its_file_was_reported(is_file: bool, staff: User) -> None:
    attachment: Any = MessageAttachmentFactory()
    report = ContentReportFactory(subject=attachment if is_file else attachment.message)
    done = services.take_down(actor=staff, report_id=report.pk, note="Threats.")
    assert (done.status, done.handled_by) == ("RESOLVED", staff)
    message = Message.objects.get()
    assert message.deleted_at
    assert (message.content, message.attachments.count()) == ("", 0)
    assert report.notes.get().text == "Threats."


def test_an_opportunity_is_called_off_for_a_reason_that_does_not_quote_the_note(staff: User) -> None:
    report = ContentReportFactory(subject=OpportunityFactory())
    services.take_down(actor=staff, report_id=report.pk, note="Asks for gift cards.")
    opportunity = Opportunity.objects.get()
    assert opportunity.status == "CANCELLED"
    assert "gift" not in opportunity.closed_reason


def test_what_is_gone_by_now_stays_gone_and_the_report_is_resolved(staff: User) -> None:
    report = ContentReportFactory(subject=MessageFactory())
    Message.objects.get().conversation.delete()
    assert services.take_down(actor=staff, report_id=report.pk, note="Gone.").status == "RESOLVED"


def test_what_cannot_be_taken_down_leaves_the_report_as_it_was(staff: User) -> None:
    about_draft = ContentReportFactory(subject=OpportunityFactory(draft=True))
    about_person = ContentReportFactory(subject=UserFactory())
    answered = ContentReportFactory(subject=MessageFactory(), status="DISMISSED")
    waiting = ContentReportFactory(subject=MessageFactory())
    for report in (about_draft, about_person, answered):
        assert refusal_of(actor=staff, report_id=report.pk, note="Bad.") == ["CONFLICT"]
    assert refusal_of(actor=staff, report_id=waiting.pk, note=" ") == ["REQUIRED"]
    assert refusal_of(actor=UserFactory(overseer=True), report_id=waiting.pk, note="Bad.") == ["FORBIDDEN"]
    assert refusal_of(actor=UserFactory(), report_id=waiting.pk, note="Bad.") == ["NOT_FOUND"]
    assert not Message.objects.filter(deleted_at__isnull=False).exists()


def test_staff_take_down_on_the_page_and_in_the_list(client: Client, staff: User) -> None:
    client.force_login(staff)
    first, second, about_person = (
        ContentReportFactory(subject=subject) for subject in (MessageFactory(), MessageFactory(), UserFactory())
    )
    page = reverse("admin:moderation_contentreport_change", args=[first.pk])
    assert "Take it down for everybody" in client.get(page).content.decode()
    other = client.get(reverse("admin:moderation_contentreport_change", args=[about_person.pk])).content.decode()
    assert "Take it down for everybody" not in other
    assert "Write down the reason" in client.post(page, {"move": "TAKE_DOWN", "note": ""}).content.decode()
    client.post(page, {"move": "TAKE_DOWN", "note": "Threats."})
    form = {"action": "take_down", "note": "Threats.", "_selected_action": [second.pk, about_person.pk]}
    told = client.post(reverse("admin:moderation_contentreport_changelist"), form, follow=True).content.decode()
    assert "1 report is RESOLVED now." in told
    assert "follow the link to its own page" in told
    assert Message.objects.filter(deleted_at__isnull=False).count() == 2
    assert list(ContentReport.objects.order_by("pk").values_list("status", flat=True)) == [
        "RESOLVED",
        "RESOLVED",
        "OPEN",
    ]
