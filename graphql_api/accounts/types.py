"""GraphQL types of users, profiles and sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay
from strawberry_django.optimizer import optimize

from domains.accounts import models, policies
from domains.accounts import selectors as accounts
from domains.accounts.second_factors import find_protected_ids
from domains.events import models as event_models
from domains.events.selectors import calendars, find_own_tickets
from domains.events.tokens import feed_url
from domains.opportunities import models as opportunity_models
from domains.opportunities.policies import can_see_impact
from domains.opportunities.selectors import find_own_applications, find_own_memberships, find_service_records
from domains.skills import models as skill_models
from graphql_api.accounts.profiles import UserProfile
from graphql_api.checks.weights import MAX_MEMBERSHIPS
from graphql_api.context import Info, viewer_of
from graphql_api.notifications.types import NotificationPreferences, load_preferences
from graphql_api.relay.connections import Connection
from graphql_api.relay.enums import describe
from graphql_api.relay.ids import node_id
from graphql_api.relay.later import later
from graphql_api.relay.loaders import load, load_row, load_rows
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of

describe(
    models.UserType,
    description="Whether a user volunteers, hosts, or does both.",
    values={
        "VOLUNTEER": "The user volunteers: the user may apply for roles, but may not create a host.",
        "HOST": "The user hosts: the user may not apply for roles.",
        "BOTH": "The user volunteers and hosts.",
    },
)
UserType = models.UserType


describe(
    models.PictureSize,
    description="Size of a profile picture. All are squares; a picture that was smaller is not enlarged.",
    values={
        "SMALL": "64 pixels a side, for lists.",
        "MEDIUM": "256 pixels a side.",
        "LARGE": "1024 pixels a side.",
    },
)
PictureSize = models.PictureSize


describe(
    models.LogInProvider,
    description="External provider of logins.",
    values={
        "GOOGLE": "Google.",
        "FACEBOOK": "Facebook. It does not say whether the email address is verified.",
        "APPLE": "Apple. It gives the name only at the first login, and may give an address that hides the user's own.",
        "LINKEDIN": "LinkedIn.",
    },
)
LogInProvider = models.LogInProvider


@strawberry.type(description="Profile picture of a user: a square in WebP.")
class Picture:
    """A profile picture."""

    user_id: strawberry.Private[int]
    width: int = strawberry.field(description="Width of the large picture, in pixels.")
    height: int = strawberry.field(description="Height of the large picture, in pixels.")

    @strawberry.field(
        description="URL of the picture in this size. It expires within five minutes; ask for a new one then."
    )
    def url(
        self,
        size: Annotated[PictureSize, strawberry.argument(description="Size of the picture.")] = PictureSize.MEDIUM,
    ) -> str:
        """Return a link, which works without a login."""
        return accounts.picture_url(user_id=self.user_id, size=size)


@strawberry_django.type(models.Session, description="Session of the viewer on one device; it begins with a login.")
class UserSession(relay.Node):
    """A session, as its owner sees it."""

    device_name: str = strawberry_django.field(description="Device name that was given at the login; may be empty.")
    created_at: datetime = strawberry_django.field(description="Time the session began.")
    last_used_at: datetime = strawberry_django.field(
        field_name="rotated_at", description="Time the session's tokens were last renewed."
    )

    @strawberry_django.field(description="Whether this is the session of the current request.", only=["id"])
    async def is_current(self, info: Info) -> bool:
        """Compare the session with that of the request."""
        session = info.context.session
        return session is not None and session.pk == row_of(self, models.Session).pk

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Session], info: Info, **kwargs: Any) -> QuerySet[models.Session]:
        """Show users their own sessions only."""
        viewer = viewer_of(info)
        return queryset.filter(user=viewer) if viewer else queryset.none()


@strawberry_django.type(
    models.User,
    description="A user of MishMob. For other viewers, private fields are null and private lists are empty; authorized "
    "staff see some of them. An empty list therefore does not mean that there is nothing: read your own data from "
    "`me`.",
)
class User(relay.Node):
    """A user, as the viewer sees them.

    A user is shown wherever they took part, even if the account has been closed since: messages and applications keep
    their author. `node` finds a closed account for staff only. If a user may be under 18, or has not verified their
    address, a viewer who does not know them sees no profile, picture or skills (`profile_is_visible_to`).
    """

    display_name: str = strawberry_django.field(description="Name that other users see.")
    user_type: UserType = strawberry_django.field(description="Whether the user volunteers, hosts, or does both.")
    is_verified: bool = strawberry_django.field(
        description="Whether staff have marked the user as verified. This says nothing about the email address "
        "(`isEmailVerified`) or the verifications that a role requires (`VerificationKind`)."
    )

    @classmethod
    def resolve_id(cls, root: Any, *, info: Info) -> str:
        """Return the keyed id, which does not reveal the ids of other users."""
        return node_id("User", root.pk)

    @strawberry_django.field(
        graphql_type=UserProfile | None,
        description="Profile of the user; null if the viewer may not read it. If the user may be under 18, or has not "
        "verified their email address, only these viewers can read it: the user, authorized staff, participants of a "
        "shared conversation, members of a shared host, and the organizers whose opportunities the user applied for or "
        "whose events the user has a ticket for.",
        only=["id"],
    )
    async def profile(self, info: Info) -> models.UserProfile | None:
        """Show the profile to viewers who may read it; one statement reads the profiles of a whole list."""
        shown = partial(models.UserProfile.objects.visible_to, viewer_of(info))
        return await load_row(info, row_of(self, models.User).pk, shown)

    @strawberry_django.field(
        description="Email address of the account; null unless the viewer is this user or authorized staff.",
        only=["email"],
    )
    async def email(self, info: Info) -> str | None:
        """Show the address to its owner, and to staff who may view users."""
        return row_of(self, models.User).email if _is_private_to(info, self) else None

    @strawberry_django.field(
        description="Whether the email address is verified; null unless the viewer is this user or authorized staff.",
        only=["id"],
    )
    async def is_email_verified(self, info: Info) -> bool | None:
        """Show to the owner, and to staff who may view users, whether the address is verified."""
        if not _is_private_to(info, self):
            return None
        return bool(await load(info, row_of(self, models.User).pk, _find_verified))

    @strawberry_django.field(
        description="Whether logging in needs a second factor; null unless the viewer is this user or authorized "
        "staff.",
        only=["id"],
    )
    async def is_mfa_enabled(self, info: Info) -> bool | None:
        """Show to the owner, and to staff who may view users, whether log-ins need a second factor."""
        if not _is_private_to(info, self):
            return None
        return bool(await load(info, row_of(self, models.User).pk, _find_protected))

    @strawberry_django.field(
        description="Whether the account has a password; null unless the viewer is this user or authorized staff.",
        only=["password"],
    )
    async def has_password(self, info: Info) -> bool | None:
        """Show to the owner, and to staff who may view users, whether there is a password to log in with."""
        return row_of(self, models.User).has_usable_password() if _is_private_to(info, self) else None

    @strawberry_django.field(
        description="Providers with whose account the user can log in; empty unless the viewer is this user or "
        "authorized staff.",
        only=["id"],
    )
    async def linked_providers(self, info: Info) -> list[LogInProvider]:
        """Show to the owner, and to staff who may view users, which providers are linked."""
        if not _is_private_to(info, self):
            return []
        return await load(info, row_of(self, models.User).pk, _find_linked_providers) or []

    @strawberry_django.field(
        description="ZIP code of the user's home, or empty; null unless the viewer is this user or authorized staff.",
        only=["zip_code"],
    )
    async def zip_code(self, info: Info) -> str | None:
        """Show the ZIP code to its owner, and to staff who may view users."""
        return row_of(self, models.User).zip_code if _is_private_to(info, self) else None

    @strawberry_django.field(
        description="Picture of the user; null if there is none, or if the user does not show it to the viewer.",
        only=["id"],
    )
    async def profile_picture(self, info: Info) -> Picture | None:
        """Show the picture's URL; one statement finds the pictures of a whole list."""
        return await load(info, row_of(self, models.User).pk, partial(_find_pictures, viewer_of(info)))

    @strawberry_django.field(
        graphql_type=later("UserSkill", "graphql_api.skills.types", of=list),
        description="Skills of the user, highest proficiency first; empty if the user does not show them to the "
        "viewer.",
        only=["id"],
    )
    async def skills(self, info: Info) -> list[skill_models.UserSkill]:
        """Show the user's skills; one statement reads those of a whole list."""
        shown = partial(_skills_best_first, viewer_of(info))
        return await load_rows(info, row_of(self, models.User).pk, shown, by="user_id")

    @strawberry_django.field(
        graphql_type=list[UserSession],
        description="Active sessions of the viewer, last used first; empty for other users.",
        only=["id"],
    )
    async def sessions(self, info: Info) -> list[models.Session]:
        """Show the sessions to their owner only."""
        viewer, person = viewer_of(info), row_of(self, models.User)
        if viewer is None or viewer.pk != person.pk:
            return []
        own = partial(accounts.find_sessions, viewer=viewer)
        return await load_rows(info, person.pk, own, by="user_id")

    @strawberry_django.field(
        graphql_type=later("HostMembership", "graphql_api.opportunities.types", of=list),
        description="Memberships of the viewer in hosts, then the invitations to hosts; empty for other users.",
        only=["id"],
    )
    async def host_memberships(self, info: Info) -> list[opportunity_models.HostMembership]:
        """Show the memberships to their owner only."""
        viewer, person = viewer_of(info), row_of(self, models.User)
        if viewer is None or viewer.pk != person.pk:
            return []
        return await load(info, person.pk, partial(_own_memberships, info, viewer)) or []

    @strawberry_django.connection(
        later("Application", "graphql_api.opportunities.types", of=Connection),
        description="Applications of the viewer, newest first; empty for other users.",
        only=["id"],
    )
    async def applications(self, info: Info) -> Nested[opportunity_models.Application]:
        """Show the applications to their volunteer only."""
        own = partial(find_own_applications, viewer=viewer_of(info))
        return Nested(own, by="volunteer", key=row_of(self, models.User).pk)

    @strawberry_django.connection(
        later("EventTicket", "graphql_api.events.types", of=Connection),
        description="Tickets of the viewer, newest claim first; empty for other users.",
        only=["id"],
    )
    async def tickets(self, info: Info) -> Nested[event_models.EventTicket]:
        """Show the tickets to their holder only."""
        own = partial(find_own_tickets, viewer=viewer_of(info))
        return Nested(own, by="attendee", key=row_of(self, models.User).pk)

    @strawberry_django.connection(
        later("User", "graphql_api.accounts.types", of=Connection),
        description="Users that the viewer has blocked, newest block first; empty for other users.",
        only=["id"],
    )
    async def blocked_users(self, info: Info) -> Nested[models.User]:
        """Show the blocked users to the viewer who blocked them only."""
        own = partial(accounts.find_blocked, viewer=viewer_of(info))
        return Nested(own, by="blocker_id", key=row_of(self, models.User).pk)

    @strawberry_django.field(
        graphql_type=later("Impact", "graphql_api.opportunities.types") | None,
        description="Totals of the viewer's volunteering; null for other users.",
        only=["id"],
    )
    async def impact(self, info: Info) -> models.User | None:
        """Show the totals to their volunteer only; their row is the user's own."""
        person = row_of(self, models.User)
        return person if can_see_impact(viewer_of(info), person) else None

    @strawberry_django.field(
        graphql_type=later("ServiceRecord", "graphql_api.opportunities.types", of=list),
        description="Service records of the viewer, newest first; empty for other users.",
        only=["id"],
    )
    async def service_records(self, info: Info) -> list[opportunity_models.ServiceRecord]:
        """Show the records to their volunteer only."""
        own = partial(find_service_records, viewer=viewer_of(info))
        return await load_rows(info, row_of(self, models.User).pk, own, by="volunteer_id")

    @strawberry_django.field(
        graphql_type=later("DataExport", "graphql_api.accounts.personal_data") | None,
        description="Latest export of the viewer's data; null if there is none, and for other users.",
        only=["id"],
    )
    async def data_export(self, info: Info) -> models.DataExport | None:
        """Show the export to its owner only."""
        own = partial(accounts.find_exports, viewer=viewer_of(info))
        return next(iter(await load_rows(info, row_of(self, models.User).pk, own, by="user_id")), None)

    @strawberry_django.field(
        description="Secret URL of the viewer's calendar feed, an iCalendar file to subscribe to: the events that the "
        "viewer has a ticket to or created, and the roles that the viewer has a slot in or an offer of. It holds what "
        f"ended in the last {calendars.PAST.days} days and what is to come, {calendars.MAX_ENTRIES:,} entries at most. "
        "`rotateCalendarFeed` replaces the URL. Null for other users.",
        only=["id", "created_at"],
    )
    async def calendar_feed_url(self, info: Info) -> str | None:
        """Show the address of the feed to its owner only."""
        viewer, person = viewer_of(info), row_of(self, models.User)
        if viewer is None or viewer.pk != person.pk:
            return None
        number = await load(info, person.pk, _find_feed_numbers) or 0
        return feed_url(user_id=person.pk, account_made_at=person.created_at, number=number)

    @strawberry_django.field(description="Notification preferences of the viewer; null for other users.", only=["id"])
    async def notification_preferences(self, info: Info) -> NotificationPreferences | None:
        """Show the preferences to their owner only."""
        viewer, person = viewer_of(info), row_of(self, models.User)
        if viewer is None or viewer.pk != person.pk:
            return None
        return await load_preferences(info, person.pk)


def _is_private_to(info: Info, person: Any) -> bool:
    return policies.can_see_private_fields(viewer_of(info), person)


def _find_verified(keys: Collection[int]) -> Mapping[int, bool]:
    return dict.fromkeys(accounts.find_verified_ids(user_ids=keys), True)


def _find_protected(keys: Collection[int]) -> Mapping[int, bool]:
    return dict.fromkeys(find_protected_ids(user_ids=keys), True)


def _find_feed_numbers(keys: Collection[int]) -> Mapping[int, int]:
    return calendars.find_feed_numbers(user_ids=keys)


def _find_linked_providers(keys: Collection[int]) -> Mapping[int, list[LogInProvider]]:
    return accounts.list_linked_providers(user_ids=keys)


def _own_memberships(info: Info, viewer: models.User, keys: Collection[int]) -> Mapping[int, list[Any]]:
    # All keys are the viewer's own: open invitations have no user yet, so they cannot be grouped by user.
    own = list(optimize(find_own_memberships(viewer=viewer), info=info)[:MAX_MEMBERSHIPS])
    return dict.fromkeys(keys, own)


def _find_pictures(viewer: models.User | None, keys: Collection[int]) -> Mapping[int, Picture]:
    pictures = accounts.find_pictures(viewer=viewer, user_ids=keys)
    return {row.pk: Picture(user_id=row.pk, width=row.side, height=row.side) for row in pictures}


def _skills_best_first(viewer: models.User | None) -> QuerySet[skill_models.UserSkill]:
    return skill_models.UserSkill.objects.visible_to(viewer).order_by("-proficiency_level", "pk")
