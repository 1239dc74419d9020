"""What must always hold of reports. The database itself refuses two pending reports of one person about one thing."""

from __future__ import annotations

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from domains.base.audit import holds_without
from domains.base.stored_files import register_files
from domains.moderation.models import ContentReport, ReportFile, ReportNote, ReportStatus

register_files(model=ReportFile, folder=ReportFile.FOLDER)


@holds_without
def reports_stand_where_their_notes_end() -> QuerySet[ContentReport]:
    """A report has the status that its last note moved it to, and is open without notes."""
    notes = ReportNote.objects.filter(report=OuterRef("pk")).order_by("-pk").values("to_status")
    last = Coalesce(Subquery(notes[:1]), Value(ReportStatus.OPEN.value), output_field=CharField())
    return ContentReport.objects.annotate(last=last).exclude(last=F("status"))
