"""The mail about a new report: that it waits, and where, never its content."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from domains.base import mail
from domains.base.models import MailJob
from domains.moderation.models import ContentReport, ReportStatus
from domains.moderation.policies import find_reviewers

CONTENT_REPORTED = "content_reported"


def queue_content_reported_mails(*, report_id: int) -> None:
    """Queue one mail to each staff member who may answer a waiting report; a system act."""
    report = _find_open_report(report_id)
    for person in find_reviewers(report) if report else ():
        mail.enqueue(kind=CONTENT_REPORTED, source_id=report_id, person_id=person.pk)


@mail.writes(CONTENT_REPORTED)
def write_content_reported_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail to one reviewer; None if the report was taken meanwhile, or the person may not answer it."""
    report = _find_open_report(job.source_id)
    person = next((one for one in find_reviewers(report) if one.pk == job.person_id), None) if report else None
    if report is None or person is None:
        return None
    page = reverse("admin:moderation_contentreport_change", args=[report.pk])
    context = {"report": report, "link": f"{settings.PUBLIC_URL}{page}"}
    return mail.Mail("moderation/content_reported", f"A report waits: {report.reason.label}", person.email, context)


def _find_open_report(report_id: int) -> ContentReport | None:
    return ContentReport.objects.filter(pk=report_id, status=ReportStatus.OPEN).first()
