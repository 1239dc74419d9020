"""What can have happened to reports."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class ContentReported(Fact):
    """Somebody reported something; it waits for staff."""

    report_id: int


@dataclass(frozen=True)
class ReportReviewed(Fact):
    """Staff wrote a note on a report, or moved it on."""

    report_id: int
