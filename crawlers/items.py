"""Results of the spiders: a listing with its source, or the reason why something is unreadable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from domains.opportunities.services.record_listing import FoundListing


class Unreadable(Exception):
    """A page, or a part of it, has no listing that can be stored correctly; the message says why."""


@dataclass
class SourceReport:
    """The results of a run for one source so far."""

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
        """Tell whether every page and listing was read and stored, so that missing listings are gone from the source.

        An unreadable listing still exists at its source, and may be any of the missing ones. If a run found no listing
        at all, the source was probably read in the wrong way, such as an index page without `--follow`.
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
    """A listing that a spider passes to the pipeline."""

    report: SourceReport
    source_id: int
    listing: FoundListing
