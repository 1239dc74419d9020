"""What the spiders hand on: a listing with the source it was found at, or why something is unreadable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from domains.opportunities.services.record_listing import FoundListing


class Unreadable(Exception):
    """A page, or one thing on it, that holds no listing we could store truthfully; says why."""


@dataclass
class SourceReport:
    """What a run has learned about one source so far."""

    url: str
    name: str = ""
    started_at: datetime = field(default_factory=timezone.now)
    source_id: int | None = None
    pages: int = 0
    failures: int = 0
    found: int = 0
    new: int = 0
    changed: int = 0
    closed: int = 0
    unreadable: int = 0
    seen: set[str] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Say whether every page and every listing on it was read and stored, so that what is missing is gone.

        What was unreadable is still at its source, and may be any of the listings that seem to be missing. A run that
        found nothing at all was rather read in the wrong way, such as an index page without `--follow`.
        """
        return self.found > 0 and self.failures == 0 and self.unreadable == 0

    def __str__(self) -> str:
        failures = f", {self.failures} failed" if self.failures else ""
        return (
            f"{self.url}: {self.found} found, {self.new} new, {self.changed} changed, "
            f"{self.closed} closed, {self.unreadable} unreadable{failures}"
        )


@dataclass(frozen=True)
class CrawledListing:
    """A listing on its way from a spider to the store."""

    report: SourceReport
    source_id: int
    listing: FoundListing
