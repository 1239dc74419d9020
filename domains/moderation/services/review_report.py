"""Answering a report."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotAllowed, NotFound, Refused
from domains.moderation import facts, policies
from domains.moderation.models import PENDING_STATUSES, ContentReport, ReportNote, ReportStatus
from domains.moderation.transitions import MOVES, NEEDS_NOTE

MAX_NOTE_LENGTH = 5000


def review_report(*, actor: User, report_id: int, status: ReportStatus | None = None, note: str = "") -> ContentReport:
    """The report has the status, with a note in its history; without a status only the note is written.

    Refuses with NOT_FOUND, FORBIDDEN, REQUIRED (an answer needs a note), TOO_LONG, and CONFLICT (its current
    status does not allow this move, or its reporter has reported the same again since).
    """
    note = note.strip()
    try:
        with transaction.atomic():
            return _review(actor, report_id, status, note)
    except IntegrityError:
        raise Refused.because(
            Code.CONFLICT, "Its reporter has reported the same again; answer that one.", "status"
        ) from None


def _review(actor: User, report_id: int, status: ReportStatus | None, note: str) -> ContentReport:
    visible = ContentReport.objects.visible_to(actor).select_for_update(of=("self",))
    report = visible.filter(pk=report_id).first()
    if report is None:
        raise NotFound("report", "report_id")
    if not policies.can_review(actor, report):
        raise NotAllowed("You may not answer this report.")
    before = report.status
    after = before if status is None else status
    _check(before, status, note)
    if after != before:
        report.status = after
        is_pending = after in PENDING_STATUSES
        report.handled_by = actor if after != ReportStatus.OPEN else None
        report.handled_at = None if is_pending else timezone.now()
        report.save(update_fields=["status", "handled_by", "handled_at"])
    ReportNote.objects.create(report=report, author=actor, from_status=before, to_status=after, text=note)
    bus.publish(facts.ReportReviewed(report_id=report.pk))
    return report


def _check(before: ReportStatus, status: ReportStatus | None, note: str) -> None:
    if len(note) > MAX_NOTE_LENGTH:
        raise Refused.because(Code.TOO_LONG, f"Write at most {MAX_NOTE_LENGTH:,} characters.", "note")
    if status is not None and status not in MOVES[before]:
        raise Refused.because(Code.CONFLICT, f"It is {before}, from where it cannot become {status}.", "status")
    if not note and (status is None or status in NEEDS_NOTE):
        raise Refused.because(Code.REQUIRED, "Write down the reason: the next reviewer needs it.", "note")
