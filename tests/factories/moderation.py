"""Reports, with what their reporters saw."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, SubFactory

from domains.moderation.models import ContentReport, ReportFile, ReportNote, ReportReason, ReportStatus
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory


class ContentReportFactory(ModelFactory[ContentReport]):
    """An open report of a person, by another; `subject=…` is another thing."""

    class Meta:
        model = ContentReport
        exclude = ("subject",)

    subject: Any = SubFactory(UserFactory)
    reporter = SubFactory(UserFactory)
    subject_type = LazyAttribute(lambda report: type(report.subject).__name__)
    subject_id = SelfAttribute("subject.pk")
    author = LazyAttribute(lambda report: report.subject if report.subject_type == "User" else None)
    reason = ReportReason.SPAM
    details = "The same text on every page."
    context = LazyAttribute(lambda report: {"title": str(report.subject), "parts": [], "messages": []})


class ReportNoteFactory(ModelFactory[ReportNote]):
    """Somebody has taken a new report into review."""

    class Meta:
        model = ReportNote

    report = SubFactory(ContentReportFactory, status=ReportStatus.REVIEWING)
    author = SubFactory(UserFactory, staff=True)
    from_status = ReportStatus.OPEN
    to_status = ReportStatus.REVIEWING
    text = "I look at it."


class ReportFileFactory(ModelFactory[ReportFile]):
    """A copy of a text, kept with a new report."""

    class Meta:
        model = ReportFile

    report = SubFactory(ContentReportFactory)
    file = LazyFunction(lambda: ContentFile(b"Bring gloves.", name="list.txt"))
    filename = "list.txt"
    content_type = "text/plain"
    size = 13
