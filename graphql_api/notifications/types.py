"""What people are told, as the API shows it."""

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
    description="What a notification is about.",
    values={
        "APPLICATION_RECEIVED": "For coordinators: somebody applied, took an offer, or gave a slot back.",
        "APPLICATION_DECIDED": "For volunteers: an application of theirs was decided.",
        "OFFER_MADE": "For volunteers: a slot is offered, or the offer has run out.",
        "OPPORTUNITY_CHANGED": "For those who hold a slot: the opportunity was changed, closed or called off.",
        "EVENT_CHANGED": "For ticket holders: the event was changed or canceled; not in use yet.",
        "TICKET_OFFERED": "For those on a waitlist: a ticket is offered; not in use yet.",
        "MESSAGE_RECEIVED": "For participants: there is a message that they have not read.",
        "HOURS_REVIEWED": "For volunteers: hours of theirs were approved or rejected.",
        "VERIFICATION_DECIDED": "For people who asked for a verification: it was decided; not in use yet.",
        "CERTIFICATE_ISSUED": "For learners: they completed a course; not in use yet.",
        "EXPIRY_REMINDER": "For people whose certificate or verification ends soon; not in use yet.",
        "SAVED_SEARCH_DIGEST": "For people with a saved search: it found something new; not in use yet.",
    },
)
NotificationKind = models.NotificationKind


@strawberry_django.type(models.Notification, description="Something you were told.")
class Notification(relay.Node):
    """A notification, as the one who was told sees it."""

    kind: NotificationKind = strawberry_django.field(description="What it is about.")
    title: str = strawberry_django.field(description="What happened, in one line.")
    body: str = strawberry_django.field(description="More about it; may be empty.")
    created_at: datetime = strawberry_django.field(description="When you were told.")

    @strawberry_django.field(description="Whether you have read it.", only=["read_at"])
    async def is_read(self) -> bool:
        """Say whether it was read."""
        return row_of(self, models.Notification).read_at is not None

    @strawberry_django.field(
        description="What it is about; null if that is gone, or you may not see it (any more).",
        only=["subject_type", "subject_id"],
    )
    async def subject(self, info: Info) -> relay.Node | None:
        """Show the subject; those of a whole list are read kind by kind."""
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
        """Show each person what they were told, and nobody else."""
        return queryset.filter(pk__in=models.Notification.objects.visible_to(viewer_of(info)).values("pk"))


@strawberry.type(name="NotificationConnection", description="One page of what you were told.")
class NotificationConnection(Connection[Notification]):
    """A page of notifications, and how many are unread."""

    @strawberry.field(description="How many of all your notifications are unread.")
    async def unread_count(self, info: Info) -> int:
        """Count, now that it was asked."""
        viewer = signed_in(info)
        return await sync_to_async(lambda: selectors.count_unread(viewer=viewer))()


@strawberry.type(description="Notifications were marked as read.")
class NotificationsReadReceipt:
    """How many are left."""

    unread_count: int = strawberry.field(description="How many are unread now.")


@strawberry.type(description="How you are told of one kind of thing.")
class NotificationPreference:
    """The channels of one kind."""

    kind: NotificationKind = strawberry.field(description="The kind.")
    email: bool = strawberry.field(description="By a mail of its own.")
    in_app: bool = strawberry.field(description="In the list of notifications, and live.")
    digest: bool = strawberry.field(description="In the daily mail, if it is unread and had no mail of its own.")
    push: bool = strawberry.field(description="By a push to your browsers.")


@strawberry.type(description="How you are told of things: every kind is there.")
class NotificationPreferences:
    """The channels of all kinds."""

    items: list[NotificationPreference] = strawberry.field(description="One for each kind.")

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


@strawberry_django.type(models.PushSubscription, description="A browser of yours that takes pushes.")
class PushSubscription:
    """A browser, as its owner sees it."""

    device_name: str = strawberry_django.field(description="The name it gave itself; may be empty.")
    created_at: datetime = strawberry_django.field(description="Since when.")


@strawberry.type(description="A browser gets no more pushes.")
class PushSubscriptionsReceipt:
    """How many are left."""

    remaining_count: int = strawberry.field(description="How many of your browsers still get pushes.")


async def load_preferences(info: Info, user_id: int) -> NotificationPreferences:
    """Return the person's preferences; ask for the viewer's own only."""

    def find(keys: Sequence[int]) -> Mapping[int, NotificationPreferences]:
        return {key: NotificationPreferences.of(selectors.find_preferences(user_id=key)) for key in keys}

    found = await load(info, user_id, find)
    return found or NotificationPreferences(items=[])


def _find_subjects(info: Info, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Any]:
    """Return the rows that the viewer may see, by the name of their type and their key: a statement for each type."""
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for type_name, key in keys:
        wanted[type_name].append(key)
    found: dict[tuple[str, int], Any] = {}
    for type_name, pks in wanted.items():
        rows = find_nodes(info, type_name)
        if rows is not None:
            found |= {(type_name, pk): row for pk, row in optimize(rows, info=info).in_bulk(pks).items()}
    return found
