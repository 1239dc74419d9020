"""GraphQL types of notifications, preferences and push subscriptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import strawberry
import strawberry_django
from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from strawberry import relay
from strawberry_django.optimizer import optimize

from domains.notifications import models, selectors
from domains.notifications.policies import Channels
from graphql_api.context import Info, signed_in, viewer_of
from graphql_api.relay.connections import Connection
from graphql_api.relay.enums import describe
from graphql_api.relay.loaders import load
from graphql_api.relay.node import find_nodes
from graphql_api.relay.rows import row_of

describe(
    models.NotificationKind,
    description="Kind of a notification.",
    values={
        "APPLICATION_RECEIVED": "For the host's owners and coordinators: a volunteer applied, accepted an offer, or "
        "gave up a slot.",
        "APPLICATION_DECIDED": "For volunteers: the host decided about the volunteer's application.",
        "OFFER_MADE": "For volunteers: a slot is offered to the volunteer, or the offer has expired.",
        "OPPORTUNITY_CHANGED": "For volunteers who hold a slot or an offer: the time or the location of the "
        "opportunity was changed. For all volunteers whose application had not ended: the opportunity was canceled. If "
        "staff canceled it, also for the host's owners and coordinators.",
        "EVENT_CHANGED": "For ticket holders: the time or the location of the event was changed, the event was "
        "canceled, or the ticket was revoked. If staff canceled the event, also for its organizers.",
        "TICKET_OFFERED": "For attendees on a waitlist: a ticket is offered to the attendee, or the offer has expired.",
        "MESSAGE_RECEIVED": "For participants of a conversation: there is an unread message.",
        "HOURS_REVIEWED": "For volunteers: check-in recorded hours to confirm, or the host approved or rejected hours.",
        "VERIFICATION_DECIDED": "For users who requested a verification: it was decided; not in use yet.",
        "CERTIFICATE_ISSUED": "For learners: the learner completed a course; not in use yet.",
        "EXPIRY_REMINDER": "For users whose certificate or verification expires soon; not in use yet.",
        "SAVED_SEARCH_DIGEST": "For users with a saved search: the search has new results; not in use yet.",
    },
)
NotificationKind = models.NotificationKind


@strawberry_django.type(models.Notification, description="Notification of the viewer.")
class Notification(relay.Node):
    """A notification, as its recipient sees it."""

    kind: NotificationKind = strawberry_django.field(description="Kind of the notification.")
    title: str = strawberry_django.field(description="Summary in one line.")
    body: str = strawberry_django.field(description="Details; may be empty.")
    created_at: datetime = strawberry_django.field(description="Time the notification was created.")

    @strawberry_django.field(description="Whether the notification is marked as read.", only=["read_at"])
    async def is_read(self) -> bool:
        """Say whether the notification is marked as read."""
        return row_of(self, models.Notification).read_at is not None

    @strawberry_django.field(
        description="Object that the notification is about: an Application, Opportunity, Event, EventTicket, "
        "Conversation or HoursEntry. "
        "Other types may be added. Null if there is none, or if it was deleted or the viewer may not see it.",
        only=["subject_type", "subject_id"],
    )
    async def subject(self, info: Info) -> relay.Node | None:
        """Show the subject; for a whole list there is one statement for each type of subject."""
        row = row_of(self, models.Notification)
        if row.subject_id is None:
            return None
        found: Any = await load(info, (row.subject_type, row.subject_id), partial(_find_subjects, info))
        node: relay.Node | None = found
        return node

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.Notification], info: Info, **kwargs: Any
    ) -> QuerySet[models.Notification]:
        """Show notifications to their recipients only."""
        return queryset.filter(pk__in=models.Notification.objects.visible_to(viewer_of(info)).values("pk"))


@strawberry.type(name="NotificationConnection", description="One page of the viewer's notifications.")
class NotificationConnection(Connection[Notification]):
    """A page of notifications, and the number of unread ones."""

    @strawberry.field(description="Number of unread notifications of the viewer, on all pages.")
    async def unread_count(self, info: Info) -> int:
        """Count the unread notifications; the query runs only if the field is selected."""
        viewer = signed_in(info)
        return await sync_to_async(lambda: selectors.count_unread(viewer=viewer))()


@strawberry.type(description="Result of marking notifications as read.")
class NotificationsReadReceipt:
    """The number of notifications that are still unread."""

    unread_count: int = strawberry.field(description="Number of notifications that are still unread.")


@strawberry.type(description="Channels for one kind of notification.")
class NotificationPreference:
    """The channels of one kind of notification."""

    kind: NotificationKind = strawberry.field(description="Kind of notification that the channels are for.")
    email: bool = strawberry.field(description="Whether each notification is sent in a separate mail.")
    in_app: bool = strawberry.field(
        description="Whether notifications appear in `notifications` and `notificationReceived`."
    )
    digest: bool = strawberry.field(
        description="Whether the daily mail lists notifications that are unread and were not sent in a separate mail."
    )
    push: bool = strawberry.field(description="Whether notifications are pushed to the user's registered browsers.")


@strawberry.type(description="Channels for all kinds of notifications.")
class NotificationPreferences:
    """The channels of all kinds of notifications."""

    items: list[NotificationPreference] = strawberry.field(description="One preference for each kind of notification.")

    @classmethod
    def of(cls, channels: Mapping[models.NotificationKind, Channels]) -> NotificationPreferences:
        """Return the preferences in the order of the kinds."""
        return cls(
            items=[
                NotificationPreference(
                    kind=kind,
                    email=channels[kind].email,
                    in_app=channels[kind].in_app,
                    digest=channels[kind].digest,
                    push=channels[kind].push,
                )
                for kind in models.NotificationKind
            ]
        )


@strawberry_django.type(
    models.PushSubscription, description="Browser of the caller that is registered for push notifications."
)
class PushSubscription:
    """A browser, as its owner sees it."""

    device_name: str = strawberry_django.field(
        description="Name that was given to `registerPushSubscription`; may be empty."
    )
    created_at: datetime = strawberry_django.field(description="Time the browser was registered first.")


@strawberry.type(description="Result of removing a browser from push notifications.")
class PushSubscriptionsReceipt:
    """The number of browsers that are left."""

    remaining_count: int = strawberry.field(
        description="Number of the caller's browsers that are still registered for push notifications."
    )


async def load_preferences(info: Info, user_id: int) -> NotificationPreferences:
    """Return the user's preferences; call it for the viewer's own only."""

    def find(keys: Sequence[int]) -> Mapping[int, NotificationPreferences]:
        return {key: NotificationPreferences.of(selectors.find_preferences(user_id=key)) for key in keys}

    found = await load(info, user_id, find)
    return found or NotificationPreferences(items=[])


def _find_subjects(info: Info, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Any]:
    """Return the rows that the viewer may see, by type name and key; one statement reads the rows of each type."""
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for type_name, key in keys:
        wanted[type_name].append(key)
    found: dict[tuple[str, int], Any] = {}
    for type_name, pks in wanted.items():
        rows = find_nodes(info, type_name)
        if rows is not None:
            found |= {(type_name, pk): row for pk, row in optimize(rows, info=info).in_bulk(pks).items()}
    return found
