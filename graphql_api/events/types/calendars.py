"""GraphQL type of calendar feeds."""

from __future__ import annotations

import strawberry

from domains.accounts.models import User
from domains.events.models import CalendarFeed as FeedRow
from domains.events.tokens import feed_url


@strawberry.type(description="Calendar feed of the caller, to subscribe to in a calendar app.")
class CalendarFeed:
    """A feed, as its owner sees it."""

    url: str = strawberry.field(
        description="Secret URL of the feed. Anybody who has the URL can read the feed, until `rotateCalendarFeed` "
        "replaces the URL."
    )

    @classmethod
    def of(cls, feed: FeedRow, owner: User) -> CalendarFeed:
        """Return the feed with its present address."""
        return cls(url=feed_url(user_id=owner.pk, account_made_at=owner.created_at, number=feed.number))
