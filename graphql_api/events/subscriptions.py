"""The subscription to the check-ins of an event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from datetime import datetime
from typing import Annotated

import strawberry

from domains.events import selectors
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
        "come from offline devices. After a reconnection, query `checkInSummary`. The subscription completes when the "
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
        news = []
        if scans:
            summary = CheckInSummary.of(selectors.get_check_in_counts(event_id=key))
            for scan in scans:
                shown = EventCheckIn(result=CheckInResult.of(scan), summary=summary)
                news.append(News(scan.pk, scan.recorded_at, Item(value=shown, is_same_for_all=True)))
        permitted = selectors.find_people_at_door(event_id=key, among=viewer_ids)
        return Reading(news, permitted, is_whole=len(scans) < PAGE)

    def find_changed(self, keys: Collection[int], *, since: datetime) -> Collection[int]:
        """Return all events: few are followed, and who follows them may have lost the right."""
        return keys


CHECK_INS = CheckIns()
