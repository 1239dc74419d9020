"""Reporting content to staff."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from domains.accounts.models import User
from domains.base import bus, rates
from domains.base.errors import Code, NotFound, Refused
from domains.messaging.models import MessageAttachment
from domains.moderation import facts
from domains.moderation.models import PENDING_STATUSES, ContentReport, ReportFile, ReportReason
from domains.moderation.selectors import take_snapshot
from domains.moderation.services.keep_files import copy_files, drop_copies

MAX_DETAILS_LENGTH = 2000
RATE_LIMIT, RATE_SECONDS = 20, 3600


def report_content(
    *, actor: User, subject_type: str, subject_id: int, reason: ReportReason, details: str = ""
) -> ContentReport:
    """The report is in the queue, with a snapshot of the subject as the actor sees it now; returns the report.

    Its files are copied, so that staff can open them even if the sender deletes the message.
    A repeat returns the first report, as long as staff have not answered it.
    Refuses with TOO_LONG, NOT_FOUND (there is no such subject, or the actor may not see it), INVALID (the
    actor's own) and RATE_LIMITED.
    """
    details = details.strip()
    if len(details) > MAX_DETAILS_LENGTH:
        raise Refused.because(Code.TOO_LONG, f"Write at most {MAX_DETAILS_LENGTH:,} characters.", "details")
    rates.spend(what="report_content", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    snapshot = take_snapshot(viewer=actor, subject_type=subject_type, subject_id=subject_id)
    if snapshot is None:
        raise NotFound("thing to report", "subject_id")
    if snapshot.author_id == actor.pk:
        raise Refused.because(Code.INVALID, "This is your own; change or remove it yourself.", "subject_id")
    pending = ContentReport.objects.filter(
        reporter=actor, subject_type=subject_type, subject_id=subject_id, status__in=PENDING_STATUSES
    )
    if first := pending.first():
        return first
    report = ContentReport(
        reporter=actor,
        subject_type=subject_type,
        subject_id=subject_id,
        author_id=snapshot.author_id,
        reason=reason,
        details=details,
        context=snapshot.as_context(),
    )
    try:
        _store(report, snapshot.files)
    except IntegrityError:
        # Two concurrent reports by the same person: return the first.
        return pending.get()
    return report


def _store(report: ContentReport, files: list[MessageAttachment]) -> None:
    copies = copy_files(files)
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            for copy in copies:
                copy.report = report
            ReportFile.objects.bulk_create(copies)
            bus.publish(facts.ContentReported(report_id=report.pk))
    except BaseException:
        drop_copies(copies)
        raise
