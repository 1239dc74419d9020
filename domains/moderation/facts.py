"""Facts about reports."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class ContentReported(Fact):
    """A user reported content; the report waits for staff."""

    report_id: int


@dataclass(frozen=True)
class ReportReviewed(Fact):
    """Staff wrote a note on a report, or changed its status."""

    report_id: int
