"""Staff who may answer are mailed that a report waits, once, and nothing of what was said."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail

from domains.base import bus
from domains.base.mail import send_due
from domains.base.models import OutboxEntry
from domains.moderation import policies, services
from domains.moderation.models import ReportReason
from tests.factories import ContentReportFactory, MessageFactory, UserFactory, conversation_between


@pytest.mark.django_db(transaction=True)
def test_who_may_answer_is_mailed_once_where_to() -> None:
    right = Permission.objects.get(codename="change_contentreport")
    boss, one, in_group = UserFactory(superuser=True), UserFactory(staff=True), UserFactory(staff=True)
    ann, ben = UserFactory.create_batch(2)
    one.user_permissions.add(right)
    group = Group.objects.create(name="Moderators")
    group.permissions.add(right)
    in_group.groups.add(group)
    one.groups.add(group)
    UserFactory(staff=True)
    UserFactory(superuser=True, is_active=False)
    UserFactory().user_permissions.add(right)
    message = MessageFactory(conversation=conversation_between(ann, ben), sender=ben, content="The blue pot")
    report = services.report_content(
        actor=ann, subject_type="Message", subject_id=message.pk, reason=ReportReason.FRAUD, details="A lie"
    )
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(user.email for user in (boss, one, in_group))
    for letter in mail.outbox:
        assert letter.subject == "A report waits: Fraud"
        whole = f"{letter.body} {letter.alternatives[0][0]}"  # type: ignore[attr-defined]
        assert f"/admin/moderation/contentreport/{report.pk}/change/" in whole
        for word in ("blue pot", "A lie", ann.display_name, ben.display_name):
            assert word not in whole
    OutboxEntry.objects.update(done_at=None, due_at="2020-01-01T00:00:00Z")
    bus.deliver_overdue()
    assert len(mail.outbox) == 3


@pytest.mark.django_db
def test_whom_it_is_about_and_who_wrote_it_are_not_mailed_nor_anybody_once_it_is_taken() -> None:
    author, reporter, other = UserFactory.create_batch(3, superuser=True)
    report = ContentReportFactory(subject=author, reporter=reporter)
    assert list(policies.find_reviewers(report)) == [other]
    for person in (author, reporter, other):
        assert policies.can_review(person, report) is (person == other)
    services.review_report(actor=other, report_id=report.pk, status="REVIEWING")  # type: ignore[arg-type]
    services.queue_content_reported_mails(report_id=report.pk)
    services.queue_content_reported_mails(report_id=0)
    send_due()
    assert mail.outbox == []
