"""The mail that a report leads to: that something waits, and where; never what was said."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from domains.base.mail import send_once
from domains.moderation.models import ContentReport, ReportStatus
from domains.moderation.policies import find_reviewers


def mail_content_reported(*, report_id: int) -> None:
    """Tell each member of the staff who may answer that a report waits, once for each; a system act.

    Nothing happens if it was taken in the meantime.
    """
    report = ContentReport.objects.filter(pk=report_id, status=ReportStatus.OPEN).first()
    if report is None:
        return
    page = reverse("admin:moderation_contentreport_change", args=[report.pk])
    for person in find_reviewers(report):
        send_once(
            f"content_reported:{report.pk}:{person.pk}",
            template="moderation/content_reported",
            subject=f"A report waits: {report.reason.label}",
            to=person.email,
            context={"report": report, "link": f"{settings.PUBLIC_URL}{page}"},
        )
