"""GraphQL types of profiles, and of who sees which field of them."""

from __future__ import annotations

from functools import partial

import strawberry
import strawberry_django

from domains.accounts import models, policies
from domains.accounts.models import DEFAULT_AUDIENCES
from domains.accounts.services import write_time
from domains.base.week import Weekday, split
from domains.opportunities import models as opportunity_models
from domains.opportunities.selectors import find_preferred_causes
from domains.skills import models as skill_models
from domains.skills.policies import can_see_resume
from domains.skills.selectors import find_resumes
from graphql_api.context import Info, viewer_of
from graphql_api.relay.enums import describe
from graphql_api.relay.later import later
from graphql_api.relay.loaders import load, load_rows
from graphql_api.relay.rows import row_of

describe(
    Weekday,
    description="Day of the week.",
    values={day.value: f"{day.value.title()}." for day in Weekday},
)

describe(
    models.ProfileField,
    description="Field of a profile whose audience the user chooses. The email address, the ZIP code and the year of "
    "birth are not among them: other users never see these.",
    values={
        "BIO": "`UserProfile.bio`.",
        "LINKEDIN_URL": "`UserProfile.linkedinUrl`.",
        "WEBSITE_URL": "`UserProfile.websiteUrl`.",
        "LANGUAGES": "`UserProfile.languages`.",
        "CAUSES": "`UserProfile.causes`.",
        "AVAILABILITY": "`UserProfile.availability`.",
        "SKILLS": "`User.skills`.",
        "PROFILE_PICTURE": "`User.profilePicture`.",
    },
)
ProfileField = models.ProfileField

describe(
    models.Audience,
    description="Users who see a field of a profile, of all who may read the profile. The user and authorized "
    "staff always see it.",
    values={
        "EVERYONE": "Everyone who may read the profile, logged in or not.",
        "MEMBERS": "Users who are logged in.",
        "CONTACTS": "Participants of a shared conversation, members of a shared host, and the organizers whose "
        "opportunities the user applied for or whose events the user has a ticket for.",
        "ONLY_ME": "No other users.",
    },
)
Audience = models.Audience


@strawberry.type(description="Part of a weekday in which a user is usually free, in the time zone of their ZIP code.")
class AvailabilitySlot:
    """Times of one day."""

    weekday: Weekday = strawberry.field(description="Day of the week.")
    starts: str = strawberry.field(name="from", description="Time at which it starts, such as `18:30`.")
    ends: str = strawberry.field(name="to", description="Time at which it ends; `00:00` is the end of the day.")


@strawberry.type(description="Audience of a field of the viewer's own profile.")
class FieldVisibility:
    """A field and who sees it."""

    field: ProfileField = strawberry.field(description="Field of the profile.")
    audience: Audience = strawberry.field(description="Users who see the field.")


@strawberry_django.type(
    models.UserProfile,
    description="Profile that a user writes about themselves. The user chooses the audience of its fields; a field "
    "that is not shown to the viewer is empty.",
)
class UserProfile:
    """A user's profile; `visible_to` read it, so the row knows which fields it shows the viewer."""

    @strawberry_django.field(
        description="Text about the user; empty if the user gave none, or does not show it to the viewer.",
        only=["bio", "visibility"],
    )
    async def bio(self) -> str:
        """Show the text to its audience."""
        profile = row_of(self, models.UserProfile)
        return profile.bio if profile.shows(ProfileField.BIO) else ""

    @strawberry_django.field(
        description="URL of the user's LinkedIn page; empty if the user gave none, or does not show it to the viewer.",
        only=["linkedin_url", "visibility"],
    )
    async def linkedin_url(self) -> str:
        """Show the page to its audience."""
        profile = row_of(self, models.UserProfile)
        return profile.linkedin_url if profile.shows(ProfileField.LINKEDIN_URL) else ""

    @strawberry_django.field(
        description="URL of the user's website; empty if the user gave none, or does not show it to the viewer.",
        only=["website_url", "visibility"],
    )
    async def website_url(self) -> str:
        """Show the website to its audience."""
        profile = row_of(self, models.UserProfile)
        return profile.website_url if profile.shows(ProfileField.WEBSITE_URL) else ""

    @strawberry_django.field(
        description="Languages that the user speaks, as tags such as `en` or `pt-BR` (BCP 47), in the user's order; "
        "empty if the user does not show them to the viewer.",
        only=["languages", "visibility"],
    )
    async def languages(self) -> list[str]:
        """Show the languages to their audience."""
        profile = row_of(self, models.UserProfile)
        return profile.languages if profile.shows(ProfileField.LANGUAGES) else []

    @strawberry_django.field(
        graphql_type=later("Cause", "graphql_api.opportunities.types", of=list),
        description="Causes that the user would like to volunteer for, by name; empty if the user does not show them "
        "to the viewer.",
        only=["user_id"],
    )
    async def causes(self, info: Info) -> list[opportunity_models.Cause]:
        """Show the causes to their audience; one statement reads those of a whole list."""
        owner_id, viewer = row_of(self, models.UserProfile).user_id, viewer_of(info)
        return await load(info, owner_id, lambda ids: find_preferred_causes(viewer=viewer, user_ids=ids)) or []

    @strawberry_django.field(
        description="Times of the week at which the user is usually free, from Monday on; empty if the user gave none, "
        "or does not show them to the viewer. They are in the time zone of the user's ZIP code. Times that touch are "
        "one, except at midnight.",
        only=["availability", "visibility"],
    )
    async def availability(self) -> list[AvailabilitySlot]:
        """Show the times to their audience."""
        profile = row_of(self, models.UserProfile)
        hours = profile.availability if profile.shows(ProfileField.AVAILABILITY) else []
        return [
            AvailabilitySlot(weekday=one.weekday, starts=write_time(one.starts_at), ends=write_time(one.ends_at))
            for one in split(hours)
        ]

    @strawberry_django.field(
        description="Audience of each field of the viewer's own profile; empty for other users.",
        only=["user_id", "visibility"],
    )
    async def visibility(self, info: Info) -> list[FieldVisibility]:
        """Show the audiences to the owner only."""
        profile = row_of(self, models.UserProfile)
        if not policies.can_see_audiences(viewer_of(info), profile.user_id):
            return []
        return [FieldVisibility(field=field, audience=profile.audience_of(field)) for field in DEFAULT_AUDIENCES]

    @strawberry_django.field(
        description="Year of birth; null if the user gave none, or if the viewer is another user.", only=["birth_year"]
    )
    async def birth_year(self, info: Info) -> int | None:
        """Show the year of birth to its owner only."""
        profile = row_of(self, models.UserProfile)
        return profile.birth_year if policies.can_see_birth_year(viewer_of(info), profile.user_id) else None

    @strawberry_django.field(
        graphql_type=later("Resume", "graphql_api.skills.types") | None,
        description="Resume that the user uploaded; null if there is none, or if the viewer is another user.",
        only=["user_id"],
    )
    async def resume(self, info: Info) -> skill_models.Resume | None:
        """Show the resume to its owner only."""
        owner_id = row_of(self, models.UserProfile).user_id
        if not can_see_resume(viewer_of(info), owner_id):
            return None
        own = partial(find_resumes, viewer=viewer_of(info))
        return next(iter(await load_rows(info, owner_id, own, by="user_id")), None)
