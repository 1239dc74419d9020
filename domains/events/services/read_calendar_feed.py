"""Reading a calendar feed by its address."""

from __future__ import annotations

from domains.base import rates
from domains.events import selectors
from domains.events.calendars import write_calendar

#: How often one feed may be read: several devices, each every few minutes.
MAX_READS, WINDOW_SECONDS = 30, 600
NAME = "MishMob"
DESCRIPTION = (
    f"Your events and volunteering: what ended in the last {selectors.PAST.days} days and what is to come, "
    f"{selectors.MAX_ENTRIES:,} entries at most."
)


def read_calendar_feed(*, token: str) -> bytes | None:
    """Return the feed as an iCalendar file; None if no feed has this address now. Refuses with RATE_LIMITED.

    Four statements, whatever the number of entries.
    """
    owner = selectors.find_feed_owner(token=token)
    if owner is None:
        return None
    rates.spend(what="calendar_feed", key=str(owner.pk), limit=MAX_READS, seconds=WINDOW_SECONDS)
    return write_calendar(selectors.find_feed_entries(viewer=owner), name=NAME, description=DESCRIPTION)
