"""Opportunities, roles and applications as the API shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any

import strawberry
import strawberry_django
from django.db.models import Prefetch, QuerySet
from strawberry import relay
from strawberry_django.optimizer import OptimizerStore, optimize

from domains.accounts import models as accounts
from domains.base.errors import Problem
from domains.geo.selectors import zip_time_zone
from domains.opportunities import models, selectors, transitions
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.errors import known
from graphql_api.learning.types import Course
from graphql_api.opportunities.types.hosts import OpportunityHost, OpportunityStatus
from graphql_api.opportunities.types.hours import HoursEntry
from graphql_api.relay.connections import Connection
from graphql_api.relay.enums import describe
from graphql_api.relay.loaders import load
from graphql_api.relay.nested import Nested
from graphql_api.relay.rows import row_of
from graphql_api.skills.types import Skill
from graphql_api.verification.types import VerificationKind

describe(
    models.OpportunityKind,
    description="How a volunteer comes to take part.",
    values={
        "SIGN_UP": "By `applyToRole`, which holds a slot here.",
        "EXPRESS_INTEREST": "By `applyToRole`, which starts a talk with the host.",
        "EXTERNAL": "At `source.url`, where the listing was found; `applyToRole` refuses with CLOSED.",
    },
)
OpportunityKind = models.OpportunityKind
describe(
    models.ApplicationStatus,
    description="Status of an application. ACCEPTED, OFFERED and COMPLETED take a slot of the role.",
    values={
        "APPLIED": "The volunteer applied; a coordinator has not decided yet.",
        "SHORTLISTED": "A coordinator put it on the short list.",
        "WAITLISTED": "It is on the waitlist; `waitlistPosition` says where.",
        "OFFERED": "A slot is offered until `offerExpiresAt`; answer by `answerOffer`.",
        "ACCEPTED": "The volunteer has a slot.",
        "COMPLETED": "The volunteer took part.",
        "DECLINED": "A coordinator declined it, or the volunteer declined the offer.",
        "WITHDRAWN": "The volunteer took it back.",
        "CANCELLED": "The opportunity was canceled, or the volunteer did not come.",
        "EXPIRED": "The offer ran out without an answer.",
    },
)
ApplicationStatus = models.ApplicationStatus
describe(
    transitions.Decision,
    name="ApplicationDecision",
    description="What a coordinator may decide about an application.",
    values={
        "SHORTLIST": "Put it on the short list; it goes on waiting for a decision.",
        "ACCEPT": "Give the volunteer a slot.",
        "DECLINE": "Decline it, which ends it.",
        "WAITLIST": "Put it on the waitlist for a slot that becomes free.",
    },
)
ApplicationDecision = transitions.Decision


@strawberry.enum(description="Why somebody cannot apply for a role; `applyToRole` refuses with the same codes.")
class EligibilityCode(Enum):
    """What may be in the way."""

    UNAUTHENTICATED = strawberry.enum_value("UNAUTHENTICATED", description="Nobody is logged in.")
    EMAIL_NOT_VERIFIED = strawberry.enum_value(
        "EMAIL_NOT_VERIFIED", description="The account has not proved its e-mail address yet."
    )
    NOT_VOLUNTEER = strawberry.enum_value("NOT_VOLUNTEER", description="The account is for hosting.")
    ALREADY_APPLIED = strawberry.enum_value(
        "ALREADY_APPLIED", description="An application is under way; `applyToRole` answers with it."
    )
    MISSING_SKILL = strawberry.enum_value(
        "MISSING_SKILL", description="A skill that the role requires is missing; one reason for each."
    )
    MISSING_COURSE = strawberry.enum_value(
        "MISSING_COURSE", description="A course that must be completed first is missing; one reason for each."
    )
    MISSING_VERIFICATION = strawberry.enum_value(
        "MISSING_VERIFICATION", description="A verification that the role requires is missing; one reason for each."
    )
    CLOSED = strawberry.enum_value(
        "CLOSED", description="It takes no applications here; the message says where it does, if anywhere."
    )
    OVERLAPS = strawberry.enum_value("OVERLAPS", description="The volunteer has a slot elsewhere at that time.")
    FULL = strawberry.enum_value("FULL", description="Every slot is taken; `joinWaitlist: true` waits for one.")
    NOT_ELIGIBLE = strawberry.enum_value(
        "NOT_ELIGIBLE", description="Something that has no code here is in the way; the message says what."
    )


@strawberry_django.type(models.Cause, description="What an opportunity is good for, such as animals or literacy.")
class Cause(relay.Node):
    """A cause."""

    name: str = strawberry_django.field(description="Its name.")

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Cause], info: Info, **kwargs: Any) -> QuerySet[models.Cause]:
        """All of them, by name."""
        return queryset.order_by("name", "pk")


@strawberry.type(description="A point on the map.")
class Location:
    """Degrees north and east."""

    latitude: float = strawberry.field(description="Degrees north of the equator.")
    longitude: float = strawberry.field(description="Degrees east of Greenwich.")


@strawberry_django.type(models.Listing, description="Where on the web an opportunity was found.")
class ListingSource:
    """A listing at its source."""

    organization_name: str = strawberry_django.field(description="Who offers it, in the source's words.")
    external_id: str = strawberry_django.field(description="The id by which the source knows it.")
    first_seen_at: datetime = strawberry_django.field(description="When it was first read there.")
    last_seen_at: datetime = strawberry_django.field(description="When it was last read there.")

    @strawberry_django.field(description="The name of the source.", select_related=["source"], only=["source__name"])
    async def name(self) -> str:
        """Show the source's name."""
        return row_of(self, models.Listing).source.name

    @strawberry_django.field(
        description="The page to apply at.", select_related=["source"], only=["url", "source__url"]
    )
    async def url(self) -> str:
        """Show the listing's own page, or where it has none its source's."""
        listing = row_of(self, models.Listing)
        return listing.url or listing.source.url


@strawberry_django.type(models.RoleSkill, description="A skill in a role.")
class RoleSkill:
    """What a role asks for or teaches."""

    is_required: bool = strawberry_django.field(description="Whether volunteers need it.")
    is_developed: bool = strawberry_django.field(description="Whether volunteers learn it.")
    skill: Skill = strawberry_django.field(description="The skill.")

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.RoleSkill], info: Info, **kwargs: Any
    ) -> QuerySet[models.RoleSkill]:
        """All of them, in the order they were named."""
        return queryset.order_by("pk")


@strawberry_django.type(models.ApplicationHistory, description="One move of an application.")
class ApplicationHistory:
    """From where to where, by whom and why."""

    from_status: ApplicationStatus | None = strawberry_django.field(description="Where it stood; null at the start.")
    to_status: ApplicationStatus = strawberry_django.field(description="Where it stood from then on.")
    at: datetime = strawberry_django.field(description="When it moved.")
    overrides: list[str] = strawberry_django.field(
        description="Codes of the eligibility reasons that a coordinator passed over with `acceptAnyway`; else empty."
    )
    actor: User | None = strawberry_django.field(description="Who moved it; null for the system or a closed account.")

    @strawberry_django.field(
        description="What was passed over, and what the person who moved it noted; may be empty.",
        only=["reason", "overrides"],
    )
    async def reason(self) -> str:
        """Join the two."""
        return row_of(self, models.ApplicationHistory).full_reason


@strawberry_django.type(models.Application, description="A volunteer's wish for a place in a role.")
class Application(relay.Node):
    """An application, as its volunteer and the host see it."""

    status: ApplicationStatus = strawberry_django.field(description="Where it stands.")
    cover_letter: str = strawberry_django.field(description="What the volunteer wrote; may be empty.")
    submitted_at: datetime = strawberry_django.field(description="When the volunteer applied.")
    offer_expires_at: datetime | None = strawberry_django.field(
        description="Until when an offered place is held; null without an offer."
    )
    waitlist_position: int | None = strawberry_django.field(
        annotate=lambda info: selectors.waitlist_position(),
        description="The place in the waiting line, from 1; null for those who do not wait.",
    )
    volunteer: User = strawberry_django.field(description="Who applied.")
    role: Role = strawberry_django.field(description="What for.")
    history: list[ApplicationHistory] = strawberry_django.field(description="All its moves, oldest first.")
    hours: list[HoursEntry] = strawberry_django.field(description="The hours logged for it, by when they began.")

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.Application], info: Info, **kwargs: Any
    ) -> QuerySet[models.Application]:
        """Everything that `visible_to` shows."""
        return models.ApplicationQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]


def _own_applications(info: Info) -> Prefetch[str]:
    """Fetch the viewer's applications for all the roles at once, with what is selected below."""
    own = selectors.find_own_applications(viewer=viewer_of(info))
    optimized = optimize(own, info=info, store=OptimizerStore.with_hints(only=["role_id"]))
    return Prefetch("applications", queryset=optimized, to_attr="own_applications")


def _reasons_against(viewer: accounts.User | None, keys: Collection[int]) -> Mapping[int, list[Problem]]:
    # The roles are read apart from those that are shown: the optimizer would not fetch the opportunities a second
    # time for what is shown of them, and their columns would come one by one.
    roles = list(selectors.find_roles(viewer=viewer).filter(pk__in=keys))
    return selectors.find_reasons_against(viewer=viewer, roles=roles)


@strawberry.type(description="One reason why you cannot apply, and what to do about it.")
class EligibilityReason:
    """A code, and a sentence for people."""

    code: EligibilityCode = strawberry.field(description="The code that `applyToRole` refuses with.")
    message: str = strawberry.field(description="What to do about it.")


@strawberry.type(description="Whether you can apply for a role now.")
class Eligibility:
    """All the reasons at once."""

    is_eligible: bool = strawberry.field(description="Whether nothing is in the way.")
    reasons: list[EligibilityReason] = strawberry.field(description="All that is in the way.")


@strawberry_django.type(models.Role, description="A part that volunteers play, with a number of places.")
class Role(relay.Node):
    """A role of an opportunity."""

    title: str = strawberry_django.field(description="What one is in it.")
    description: str = strawberry_django.field(description="What one does in it; may be empty.")
    slots_available: int = strawberry_django.field(description="How many places there are in all.")
    slots_taken: int = strawberry_django.field(description="How many of them are taken or offered.")
    requires_approval: bool = strawberry_django.field(
        description="Whether a coordinator decides; without it, whoever applies has a place while there are any."
    )
    opportunity: Opportunity = strawberry_django.field(description="What it is a part of.")
    skills: list[RoleSkill] = strawberry_django.field(
        field_name="role_skills", description="The skills it requires and develops."
    )
    required_courses: list[Course] = strawberry_django.field(
        description="The courses that volunteers must have completed."
    )

    @strawberry_django.field(description="What must be verified about volunteers.", only=["required_verifications"])
    async def required_verifications(self) -> list[VerificationKind]:
        """Show the kinds of verification."""
        return [VerificationKind(kind) for kind in row_of(self, models.Role).required_verifications]

    @strawberry_django.field(description="How many places are left.", only=["slots_available", "slots_taken"])
    async def slots_remaining(self) -> int:
        """Count the free places."""
        role = row_of(self, models.Role)
        return role.slots_available - role.slots_taken

    @strawberry_django.field(
        description="Your newest application for it; null for strangers and those who did not apply.",
        prefetch_related=[_own_applications],
    )
    async def my_application(self) -> Application | None:
        """Show the viewer's own application."""
        row: Any = self
        own = row.own_applications
        return own[0] if own else None

    @strawberry_django.field(description="Whether you can apply for it now, with all the reasons at once.", only=["id"])
    async def eligibility(self, info: Info) -> Eligibility:
        """Ask `selectors.find_reasons_against`, for all the roles at once."""
        reasons = await load(info, row_of(self, models.Role).pk, partial(_reasons_against, viewer_of(info)))
        return Eligibility(
            is_eligible=not reasons,
            reasons=[
                EligibilityReason(
                    code=known(EligibilityCode, reason.code, EligibilityCode.NOT_ELIGIBLE), message=reason.message
                )
                for reason in reasons or ()
            ],
        )

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Role], info: Info, **kwargs: Any) -> QuerySet[models.Role]:
        """Those of the opportunities that `visible_to` shows, in the order they were added."""
        shown = models.Opportunity.objects.visible_to(viewer_of(info))
        return queryset.filter(opportunity__in=shown).order_by("pk")


@strawberry_django.type(models.Opportunity, description="A chance to volunteer.")
class Opportunity(relay.Node):
    """An opportunity with its roles."""

    title: str = strawberry_django.field(description="What it is.")
    description: str = strawberry_django.field(description="What happens, for whom, and what to bring.")
    impact_statement: str = strawberry_django.field(description="What it will have changed; may be empty.")
    status: OpportunityStatus = strawberry_django.field(description="Whether it takes applications.")
    kind: OpportunityKind = strawberry_django.field(description="How one gets a place.")
    start_date: datetime = strawberry_django.field(description="When it begins.")
    end_date: datetime = strawberry_django.field(description="When it ends.")
    location_text: str = strawberry_django.field(description="Where it is, in words; may be empty.")
    location_zip: str = strawberry_django.field(description="The ZIP code of the place; may be empty.")
    is_remote: bool = strawberry_django.field(description="Whether one can take part from anywhere.")
    closed_reason: str = strawberry_django.field(description="Why it was closed or cancelled; may be empty.")
    created_at: datetime = strawberry_django.field(description="When it was written.")
    updated_at: datetime = strawberry_django.field(description="When it was last changed.")
    host: OpportunityHost | None = strawberry_django.field(
        description="The organisation that offers it; null for a listing that no host has claimed."
    )
    causes: list[Cause] = strawberry_django.field(description="What it is good for.")
    roles: list[Role] = strawberry_django.field(description="The parts that volunteers play.")
    source: ListingSource | None = strawberry_django.field(
        field_name="listing", description="Where it was found; null for what was written here."
    )

    @strawberry_django.field(
        description="Where it is on the map; null where nobody knows.", only=["latitude", "longitude"]
    )
    async def location(self) -> Location | None:
        """Show the point, if both of its numbers are known."""
        row = row_of(self, models.Opportunity)
        latitude, longitude = row.latitude, row.longitude
        if latitude is None or longitude is None:
            return None
        return Location(latitude=latitude, longitude=longitude)

    @strawberry_django.field(
        description="The time zone of its ZIP code by its IANA name, such as America/Chicago; null where it has none. "
        "Show its times in this one.",
        only=["location_zip"],
    )
    async def time_zone(self) -> str | None:
        """Ask `selectors.zip_time_zone`."""
        zone = zip_time_zone(row_of(self, models.Opportunity).location_zip)
        return zone.key if zone else None

    @strawberry_django.connection(
        Connection[Application],
        description="Who applied, first come first. For others than its host: their own applications.",
        only=["id"],
    )
    async def applications(self, info: Info) -> Iterable[Application]:
        """Ask `selectors.find_applications`, for all the opportunities at once."""
        rows = partial(selectors.find_applications, viewer=viewer_of(info))
        return Nested(rows, by="role__opportunity", key=row_of(self, models.Opportunity).pk)  # type: ignore[return-value]

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.Opportunity], info: Info, **kwargs: Any
    ) -> QuerySet[models.Opportunity]:
        """Everything that `visible_to` shows."""
        return models.OpportunityQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]
