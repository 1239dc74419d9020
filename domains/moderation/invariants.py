"""What must always hold of reports. The database itself refuses two pending reports of one person about one thing."""

from __future__ import annotations

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from domains.base.audit import invariant
from domains.base.stored_files import register_files
from domains.moderation.models import ContentReport, ReportFile, ReportNote, ReportStatus

register_files(model=ReportFile, folder=ReportFile.FOLDER)


@invariant
def reports_have_the_status_of_their_last_note() -> QuerySet[ContentReport]:
    """A report has the status that its last note moved it to, and is open without notes."""
    notes = ReportNote.objects.filter(report=OuterRef("pk")).order_by("-pk").values("to_status")
    last = Coalesce(Subquery(notes[:1]), Value(ReportStatus.OPEN.value), output_field=CharField())
    return ContentReport.objects.annotate(last=last).exclude(last=F("status"))
