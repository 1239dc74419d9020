"""Mutations of calendar feeds."""

from __future__ import annotations

import strawberry

from domains.events import services
from graphql_api.context import Info, signed_in
from graphql_api.events.types.calendars import CalendarFeed
from graphql_api.mutations import mutation


@strawberry.type
class CalendarMutations:
    """Root fields of the mutations."""

    @mutation(
        CalendarFeed,
        description="Replace the secret URL of the caller's calendar feed: the earlier URLs stop working at once. Each "
        "call replaces it again. Needs a login.",
    )
    def rotate_calendar_feed(self, info: Info) -> object:
        actor = signed_in(info)
        return CalendarFeed.of(services.rotate_calendar_feed(actor=actor), actor)
