"""People, profiles and sessions as the API shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay
from strawberry_django.optimizer import optimize

from domains.accounts import models, policies
from domains.accounts import selectors as accounts
from domains.accounts.services.begin_session import OpenSession
from domains.opportunities.policies import can_see_impact
from domains.opportunities.selectors import find_own_applications, find_own_memberships, find_service_records
from domains.skills import models as skill_models
from domains.skills.policies import can_see_resume
from domains.skills.selectors import find_resumes
from graphql_api.checks.weights import MAX_MEMBERSHIPS
from graphql_api.context import Info, viewer_of
from graphql_api.relay.connections import Connection
from graphql_api.relay.enums import describe
from graphql_api.relay.ids import node_id
from graphql_api.relay.loaders import load, load_row, load_rows
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of

if TYPE_CHECKING:
    from graphql_api.notifications.types import NotificationPreferences
    from graphql_api.opportunities.types import Application, HostMembership, Impact, ServiceRecord
    from graphql_api.skills.types import Resume, UserSkill

describe(
    models.UserType,
    description="What somebody is here for.",
    values={
        "VOLUNTEER": "To volunteer: may apply for roles.",
        "HOST": "To host: may not apply for roles.",
        "BOTH": "To volunteer and to host.",
    },
)
UserType = models.UserType


@strawberry.type(description="A picture that can be shown.")
class Picture:
    """A stored image."""

    url: str = strawberry.field(description="Where the picture is served; the link may expire.")


@strawberry_django.type(models.UserProfile, description="What a person tells about themselves.")
class UserProfile:
    """A person's public profile."""

    bio: str = strawberry_django.field(description="A few words about the person; empty if none were given.")
    linkedin_url: str = strawberry_django.field(description="Their LinkedIn page; empty if none was given.")

    @strawberry_django.field(description="Your year of birth, if you gave it; null for others.", only=["birth_year"])
    async def birth_year(self, info: Info) -> int | None:
        """Show the year to whose it is."""
        profile = row_of(self, models.UserProfile)
        return profile.birth_year if policies.can_see_birth_year(viewer_of(info), profile.user_id) else None

    @strawberry_django.field(description="The resume you handed in; null for others.", only=["user_id"])
    async def resume(self, info: Info) -> Annotated[Resume, strawberry.lazy("graphql_api.skills.types")] | None:
        """Show to its owner what became of the resume."""
        owner_id = row_of(self, models.UserProfile).user_id
        if not can_see_resume(viewer_of(info), owner_id):
            return None
        own = partial(find_resumes, viewer=viewer_of(info))
        return next(iter(await load_rows(info, owner_id, own, by="user_id")), None)  # type: ignore[return-value]


@strawberry_django.type(models.Session, description="One log-in of yours on one device.")
class UserSession(relay.Node):
    """A session, as its owner sees it."""

    device_name: str = strawberry_django.field(description="The name the device gave itself.")
    created_at: datetime = strawberry_django.field(description="When the session began.")
    last_used_at: datetime = strawberry_django.field(
        field_name="rotated_at", description="When its tokens were last renewed."
    )

    @strawberry_django.field(description="Whether this request belongs to it.", only=["id"])
    async def is_current(self, info: Info) -> bool:
        """Compare with the request's own session."""
        session = info.context.session
        return session is not None and session.pk == row_of(self, models.Session).pk

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Session], info: Info, **kwargs: Any) -> QuerySet[models.Session]:
        """Show each person their own sessions only."""
        viewer = viewer_of(info)
        return queryset.filter(user=viewer) if viewer else queryset.none()


@strawberry_django.type(models.User, description="A person with an account. Private fields are null for others.")
class User(relay.Node):
    """A person, as others and as they themselves see them.

    People are shown wherever they took part, whether or not their account was closed since: what they said and did
    stays theirs. `node` leads to a closed account for staff only. Of people who may be under 18, or have not proved
    their address, strangers are shown the name and nothing else (`UserQuerySet.open_to`).
    """

    display_name: str = strawberry_django.field(description="The name the person goes by here.")
    user_type: UserType = strawberry_django.field(description="What the person is here for.")
    is_verified: bool = strawberry_django.field(description="Whether the community verified the identity.")

    @classmethod
    def resolve_id(cls, root: Any, *, info: Info) -> str:
        """Return the keyed id, of which nobody can guess the next."""
        return node_id("User", root.pk)

    @strawberry_django.field(
        description="What the person tells about themselves; null where you may not read it: strangers do not read "
        "the profiles of people under 18, nor those of unproven accounts.",
        only=["id"],
    )
    async def profile(self, info: Info) -> UserProfile | None:
        """Show the profile to those who may read it; those of a whole list are read at once."""
        shown = partial(models.UserProfile.objects.visible_to, viewer_of(info))
        return await load_row(info, row_of(self, models.User).pk, shown)  # type: ignore[return-value]

    @strawberry_django.field(description="The address to log in with; null for others.", only=["email"])
    async def email(self, info: Info) -> str | None:
        """Show the address to its owner."""
        return row_of(self, models.User).email if _is_private_to(info, self) else None

    @strawberry_django.field(description="Whether the address is proved; null for others.", only=["id"])
    async def is_email_verified(self, info: Info) -> bool | None:
        """Show to its owner whether the address is proved."""
        if not _is_private_to(info, self):
            return None
        return bool(await load(info, row_of(self, models.User).pk, _find_verified))

    @strawberry_django.field(description="The ZIP code of home; null for others.", only=["zip_code"])
    async def zip_code(self, info: Info) -> str | None:
        """Show the ZIP code to its owner."""
        return row_of(self, models.User).zip_code if _is_private_to(info, self) else None

    @strawberry_django.field(
        description="The person's picture; null where there is none, or you may not read the profile.", only=["id"]
    )
    async def profile_picture(self, info: Info) -> Picture | None:
        """Show where the picture is; those of a whole list are found at once."""
        return await load(info, row_of(self, models.User).pk, partial(_find_pictures, viewer_of(info)))

    @strawberry_django.field(
        description="The person's skills, best first; empty where you may not read the profile.", only=["id"]
    )
    async def skills(self, info: Info) -> list[Annotated[UserSkill, strawberry.lazy("graphql_api.skills.types")]]:
        """Show what the person can do."""
        shown = partial(_skills_best_first, viewer_of(info))
        return await load_rows(info, row_of(self, models.User).pk, shown, by="user_id")  # type: ignore[return-value]

    @strawberry_django.field(description="Your log-ins that have not ended; empty for others.", only=["id"])
    async def sessions(self, info: Info) -> list[UserSession]:
        """Show the sessions to their owner."""
        viewer, person = viewer_of(info), row_of(self, models.User)
        if viewer is None or viewer.pk != person.pk:
            return []
        own = partial(accounts.find_sessions, viewer=viewer)
        return await load_rows(info, person.pk, own, by="user_id")  # type: ignore[return-value]

    @strawberry_django.field(
        description="The organisations you belong to, then those that invite you; empty for others.", only=["id"]
    )
    async def host_memberships(
        self, info: Info
    ) -> list[Annotated[HostMembership, strawberry.lazy("graphql_api.opportunities.types")]]:
        """Show the memberships to their owner."""
        viewer, person = viewer_of(info), row_of(self, models.User)
        if viewer is None or viewer.pk != person.pk:
            return []
        return await load(info, person.pk, partial(_own_memberships, info, viewer)) or []

    @strawberry_django.connection(
        Connection[Annotated["Application", strawberry.lazy("graphql_api.opportunities.types")]],
        description="Your applications, newest first; empty for others.",
        only=["id"],
    )
    async def applications(
        self, info: Info
    ) -> Iterable[Annotated[Application, strawberry.lazy("graphql_api.opportunities.types")]]:
        """Show the applications to their volunteer."""
        own = partial(find_own_applications, viewer=viewer_of(info))
        return Nested(own, by="volunteer", key=row_of(self, models.User).pk)  # type: ignore[return-value]

    @strawberry_django.connection(
        Connection[Annotated["User", strawberry.lazy("graphql_api.accounts.types")]],
        description="Whom you have blocked, newest first; empty for others.",
        only=["id"],
    )
    async def blocked_users(
        self, info: Info
    ) -> Iterable[Annotated[User, strawberry.lazy("graphql_api.accounts.types")]]:
        """Show the blocks to who made them."""
        own = partial(accounts.find_blocked, viewer=viewer_of(info))
        return Nested(own, by="blocker_id", key=row_of(self, models.User).pk)  # type: ignore[return-value]

    @strawberry_django.field(description="What came of your volunteering; null for others.", only=["id"])
    async def impact(self, info: Info) -> Annotated[Impact, strawberry.lazy("graphql_api.opportunities.types")] | None:
        """Show the figures, whose row is the person's own."""
        person = row_of(self, models.User)
        return person if can_see_impact(viewer_of(info), person) else None  # type: ignore[return-value]

    @strawberry_django.field(description="Your records of service, newest first; empty for others.", only=["id"])
    async def service_records(
        self, info: Info
    ) -> list[Annotated[ServiceRecord, strawberry.lazy("graphql_api.opportunities.types")]]:
        """Show the records to their volunteer."""
        own = partial(find_service_records, viewer=viewer_of(info))
        return await load_rows(info, row_of(self, models.User).pk, own, by="volunteer_id")  # type: ignore[return-value]

    @strawberry_django.field(description="How you are told of things; null for others.", only=["id"])
    async def notification_preferences(
        self, info: Info
    ) -> Annotated[NotificationPreferences, strawberry.lazy("graphql_api.notifications.types")] | None:
        """Show the preferences to their owner."""
        from graphql_api.notifications.types import load_preferences  # noqa: PLC0415 # it comes after this file

        viewer, person = viewer_of(info), row_of(self, models.User)
        if viewer is None or viewer.pk != person.pk:
            return None
        return await load_preferences(info, person.pk)


@strawberry.type(description="A session that has just begun or been refreshed.")
class AuthSession:
    """Tokens, and whose they are."""

    access_token: str = strawberry.field(description="Send it as `Authorization: Bearer …`.")
    access_expires_at: datetime = strawberry.field(description="When the access token ends.")
    refresh_token: str = strawberry.field(description="Exchange it once for new tokens by `refreshSession`.")
    refresh_expires_at: datetime = strawberry.field(description="When the refresh token ends.")
    session: strawberry.Private[models.Session]

    @strawberry.field(description="Who is logged in.")
    async def user(self, info: Info) -> User:
        """Read the person with what was selected."""
        return await load_row(info, self.session.user_id, models.User.objects.all)  # type: ignore[return-value]

    @classmethod
    def of(cls, opened: OpenSession, info: Info) -> AuthSession:
        """Return the answer for a session; the rest of the answer is read as its user."""
        accounts.read_rights(opened.session.user)
        info.context.session = opened.session
        return cls(
            access_token=opened.tokens.access_token,
            access_expires_at=opened.tokens.access_expires_at,
            refresh_token=opened.tokens.refresh_token,
            refresh_expires_at=opened.tokens.refresh_expires_at,
            session=opened.session,
        )


@strawberry.type(description="The password was right, and a second factor is asked for (none can be set up yet).")
class MfaChallenge:
    """What to do next to log in."""

    challenge_token: str = strawberry.field(description="Send it back with the second factor.")
    methods: list[str] = strawberry.field(description="The second factors that would do.")


@strawberry.type(description="The request to sign up was taken; the mail that was sent says how to go on.")
class SignUpReceipt:
    """The same answer for a new and for a known address."""

    email: str = strawberry.field(description="The address that the mail went to.")


@strawberry.type(description="Whom you block was changed, or was so already.")
class BlockReceipt:
    """The answer of both `blockUser` and `unblockUser`."""

    user_id: strawberry.Private[int]

    @strawberry.field(description="The person whom you block now, or no longer.")
    async def blocked(self, info: Info) -> User:
        """Read the person with what was selected."""
        return await load_row(info, self.user_id, models.User.objects.all)  # type: ignore[return-value]


@strawberry.type(description="Sessions were ended.")
class LogOutReceipt:
    """How many sessions are over now."""

    sessions_ended: int = strawberry.field(description="How many sessions ended.")


def _is_private_to(info: Info, person: Any) -> bool:
    return policies.can_see_private_fields(viewer_of(info), person)


def _find_verified(keys: Collection[int]) -> Mapping[int, bool]:
    return dict.fromkeys(accounts.find_verified_ids(user_ids=keys), True)


def _own_memberships(info: Info, viewer: models.User, keys: Collection[int]) -> Mapping[int, list[Any]]:
    # Nobody's but the viewer's are asked for: those that are open have no user yet to be told apart by.
    own = list(optimize(find_own_memberships(viewer=viewer), info=info)[:MAX_MEMBERSHIPS])
    return dict.fromkeys(keys, own)


def _find_pictures(viewer: models.User | None, keys: Collection[int]) -> Mapping[int, Picture]:
    people = models.User.objects.open_to(viewer).filter(pk__in=keys).exclude(picture="").only("picture")
    return {person.pk: Picture(url=person.picture.url) for person in people}


def _skills_best_first(viewer: models.User | None) -> QuerySet[skill_models.UserSkill]:
    return skill_models.UserSkill.objects.visible_to(viewer).order_by("-proficiency_level", "pk")
