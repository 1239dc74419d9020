"""The subscription to the check-ins of an event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from datetime import datetime
from typing import Annotated

import strawberry

from domains.events import selectors
from domains.events.models import Scan
from graphql_api.context import Info, signed_in
from graphql_api.events.types import CheckInResult, CheckInSummary, EventCheckIn
from graphql_api.live.news import News, NewsStream, Reading
from graphql_api.live.selections import Item
from graphql_api.live.streams import NOTHING, hand_over
from graphql_api.relay.ids import known_or_nobody

#: Number of scans that one statement reads.
PAGE = 200


@strawberry.type
class EventSubscriptions:
    """The subscriptions of events."""

    @strawberry.subscription(
        description="Scans at the event, each delivered once, as they are stored: also refused ones, and those that "
        "come from offline devices. Scanners get the ticket of their own scans only. "
        "After a reconnection, query `checkInSummary`. The subscription completes when the "
        "viewer may no longer check people in. Only the event's organizers and the scanners of its organization may "
        "subscribe."
    )
    async def event_check_ins(
        self,
        info: Info,
        event_id: Annotated[strawberry.ID, strawberry.argument(description="ID of the event.")],
    ) -> AsyncGenerator[EventCheckIn, None]:
        """Yield the event's feed of scans."""
        viewer, key = signed_in(info), known_or_nobody(event_id, "Event")
        stream = NewsStream(CHECK_INS, key, viewer_id=viewer.pk, outbound=info.context.outbound)
        await stream.begin()
        hand_over(info, stream)
        for check_in in NOTHING:
            yield check_in


class CheckIns:
    """Reads the scans of events; the key of a feed is its event's."""

    name = "scans"
    refusal = "You may not check people in at this event."

    def group(self, key: int) -> str:
        """Return the event's group."""
        return f"event.{key}"

    def read(self, key: int, *, since: datetime, seen: Collection[int], viewer_ids: Collection[int]) -> Reading:
        """Return the event's scans with the counts after them: two statements, and one for the rights."""
        scans = selectors.find_scans_since(event_id=key, since=since, leave_out=seen, limit=PAGE)
        summary = CheckInSummary.of(selectors.get_check_in_counts(event_id=key)) if scans else None
        people = selectors.find_people_at_door(event_id=key, among=viewer_ids)
        managers = {person for person, manages in people.items() if manages}
        news = [_news_of(scan, summary, managers) for scan in scans if summary]
        return Reading(news, people, is_whole=len(scans) < PAGE)

    def find_changed(self, keys: Collection[int], *, since: datetime) -> Collection[int]:
        """Return all events: few are followed, and who follows them may have lost the right."""
        return keys


def _news_of(scan: Scan, summary: CheckInSummary, managers: Collection[int]) -> News:
    """Return the scan as news: whole to managers and to the user who scanned, without the ticket to other scanners."""
    result = CheckInResult.of(scan)
    whole, reduced = (
        Item(value=EventCheckIn(result=shown, summary=summary), is_same_for_all=True)
        for shown in (result, result.without_ticket())
    )
    own = [] if scan.scanned_by_id is None else [scan.scanned_by_id]
    return News(scan.pk, scan.recorded_at, whole, reduced, [*managers, *own])


CHECK_INS = CheckIns()
