"""GraphQL types of opportunities, roles and applications."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import strawberry
import strawberry_django
from django.db.models import Prefetch, QuerySet
from strawberry import relay
from strawberry_django.optimizer import OptimizerStore, optimize

from domains.accounts import models as accounts
from domains.base.errors import Problem
from domains.base.waitlist import waitlist_position
from domains.geo.selectors import zip_time_zone
from domains.opportunities import models, selectors, transitions
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.errors import known
from graphql_api.learning.types import Course
from graphql_api.opportunities.types.eligibility import Eligibility, EligibilityCode, EligibilityReason
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
    description="How volunteers apply for an opportunity.",
    values={
        "SIGN_UP": "Volunteers apply with `applyToRole` for a slot.",
        "EXPRESS_INTEREST": "Volunteers tell the host that they are interested. They apply with `applyToRole`, and the "
        "rules, slots and statuses are the same as for SIGN_UP. Applying does not start a conversation; "
        "`startConversation` does.",
        "EXTERNAL": "Volunteers apply at `source.url`, where the listing was found. `applyToRole` refuses with CLOSED.",
    },
)
OpportunityKind = models.OpportunityKind
describe(
    models.ApplicationStatus,
    description="Status of an application. ACCEPTED, OFFERED and COMPLETED take a slot of the role.",
    values={
        "APPLIED": "The volunteer applied; a coordinator has not decided yet.",
        "SHORTLISTED": "A coordinator shortlisted the application and has not decided yet.",
        "WAITLISTED": "The application is on the waitlist; `waitlistPosition` is its position.",
        "OFFERED": "A slot is offered to the volunteer until `offerExpiresAt`; `answerOffer` takes or refuses it.",
        "ACCEPTED": "The volunteer has a slot.",
        "COMPLETED": "The volunteer took part.",
        "DECLINED": "A coordinator declined the application, or the volunteer refused the offer.",
        "WITHDRAWN": "The volunteer withdrew the application.",
        "CANCELLED": "The opportunity was canceled, or the volunteer did not come.",
        "EXPIRED": "The offer deadline passed without an answer.",
    },
)
ApplicationStatus = models.ApplicationStatus
describe(
    transitions.Decision,
    name="ApplicationDecision",
    description="Decision of a coordinator about an application.",
    values={
        "SHORTLIST": "Shortlist the application; the final decision is still open.",
        "ACCEPT": "Give the volunteer a slot.",
        "DECLINE": "Decline the application, which ends it.",
        "WAITLIST": "Put the application on the waitlist for a slot that becomes free.",
    },
)
ApplicationDecision = transitions.Decision


@strawberry_django.type(models.Cause, description="A cause, such as animals or literacy.")
class Cause(relay.Node):
    """A cause."""

    name: str = strawberry_django.field(description="Name of the cause.")

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Cause], info: Info, **kwargs: Any) -> QuerySet[models.Cause]:
        """Return all causes, ordered by name."""
        return queryset.order_by("name", "pk")


@strawberry.type(description="Geographic coordinates.")
class Location:
    """A latitude and a longitude."""

    latitude: float = strawberry.field(description="Latitude in degrees; positive is north of the equator.")
    longitude: float = strawberry.field(description="Longitude in degrees; positive is east of Greenwich.")


@strawberry_django.type(
    models.Listing, description="The listing on another website from which an opportunity was read."
)
class ListingSource:
    """A listing at its source."""

    organization_name: str = strawberry_django.field(description="Organization as named by the source; may be empty.")
    external_id: str = strawberry_django.field(description="ID of the listing at the source.")
    first_seen_at: datetime = strawberry_django.field(description="Time the listing was first read from the source.")
    last_seen_at: datetime = strawberry_django.field(description="Time the listing was last read from the source.")

    @strawberry_django.field(description="Name of the source.", select_related=["source"], only=["source__name"])
    async def name(self) -> str:
        """Return the name of the source."""
        return row_of(self, models.Listing).source.name

    @strawberry_django.field(
        description="URL of the page on which to apply.", select_related=["source"], only=["url", "source__url"]
    )
    async def url(self) -> str:
        """Return the URL of the listing, or of its source if the listing has none."""
        listing = row_of(self, models.Listing)
        return listing.url or listing.source.url


@strawberry_django.type(models.RoleSkill, description="A skill that a role requires, develops, or both.")
class RoleSkill:
    """A skill that a role requires or develops."""

    is_required: bool = strawberry_django.field(description="Whether volunteers need the skill for the role.")
    is_developed: bool = strawberry_django.field(description="Whether volunteers learn the skill in the role.")
    skill: Skill = strawberry_django.field(description="Skill that the role requires or develops.")

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.RoleSkill], info: Info, **kwargs: Any
    ) -> QuerySet[models.RoleSkill]:
        """Return all skills of the role, in the order in which the host listed them."""
        return queryset.order_by("pk")


@strawberry_django.type(models.ApplicationHistory, description="A status change of an application.")
class ApplicationHistory:
    """A status change with its actor and reason."""

    from_status: ApplicationStatus | None = strawberry_django.field(
        description="Status before the change; null for the first one."
    )
    to_status: ApplicationStatus = strawberry_django.field(description="Status after the change.")
    at: datetime = strawberry_django.field(description="Time of the change.")
    overrides: list[str] = strawberry_django.field(
        description="Codes of the eligibility reasons that a coordinator overrode with `acceptAnyway`; usually empty."
    )
    actor: User | None = strawberry_django.field(
        description="User who made the change; null for the system or a closed account."
    )

    @strawberry_django.field(
        description="The overridden eligibility reasons and the actor's note, as one text; may be empty.",
        only=["reason", "overrides"],
    )
    async def reason(self) -> str:
        """Return the overridden reasons and the note as one text."""
        return row_of(self, models.ApplicationHistory).full_reason


@strawberry_django.type(models.Application, description="A volunteer's application for a role.")
class Application(relay.Node):
    """An application, for its volunteer and the host's coordinators."""

    status: ApplicationStatus = strawberry_django.field(description="Status of the application.")
    cover_letter: str = strawberry_django.field(description="The volunteer's cover letter; may be empty.")
    submitted_at: datetime = strawberry_django.field(description="Time the volunteer applied.")
    offer_expires_at: datetime | None = strawberry_django.field(
        description="Offer deadline: answer with `answerOffer` before this time. Null unless the status is OFFERED."
    )
    waitlist_position: int | None = strawberry_django.field(
        annotate=waitlist_position(models.Application),
        description="Position on the waitlist, from 1; null unless the status is WAITLISTED.",
    )
    volunteer: User = strawberry_django.field(description="Volunteer who applied.")
    role: Role = strawberry_django.field(description="Role applied for.")
    history: list[ApplicationHistory] = strawberry_django.field(
        description="All status changes of the application, oldest first."
    )
    hours: list[HoursEntry] = strawberry_django.field(
        description="Hours logged for the application, ordered by start. The volunteer also sees hours that check-in "
        "proposes."
    )

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.Application]:
        """Return the rows that the viewer may see."""
        return models.ApplicationQuerySet.visible_to(queryset, viewer_of(info))


def _own_applications(info: Info) -> Prefetch[str]:
    """Prefetch the viewer's applications for all roles, with the selected fields."""
    own = selectors.find_own_applications(viewer=viewer_of(info))
    optimized = optimize(own, info=info, store=OptimizerStore.with_hints(only=["role_id"]))
    return Prefetch("applications", queryset=optimized, to_attr="own_applications")


def _reasons_against(viewer: accounts.User | None, keys: Collection[int]) -> Mapping[int, list[Problem]]:
    # Read the roles separately from the displayed ones: the optimizer would not fetch their opportunities a second
    # time, and the columns of these would be loaded one by one.
    roles = list(selectors.find_roles(viewer=viewer).filter(pk__in=keys))
    return selectors.find_reasons_against(viewer=viewer, roles=roles)


@strawberry_django.type(models.Role, description="A role in an opportunity, with a number of slots.")
class Role(relay.Node):
    """A role of an opportunity."""

    title: str = strawberry_django.field(description="Title of the role.")
    description: str = strawberry_django.field(
        description="Description of what volunteers do in the role; may be empty."
    )
    slots_available: int = strawberry_django.field(
        description="Total number of slots, both taken and free; `slotsRemaining` is the number of free ones."
    )
    slots_taken: int = strawberry_django.field(
        description="Number of slots that are taken by applications that are ACCEPTED, OFFERED or COMPLETED."
    )
    requires_approval: bool = strawberry_django.field(
        description="Whether a coordinator decides about applications. If false, a volunteer who applies gets a free "
        "slot at once."
    )
    opportunity: Opportunity = strawberry_django.field(description="Opportunity that the role belongs to.")
    skills: list[RoleSkill] = strawberry_django.field(
        field_name="role_skills", description="Skills that the role requires or develops."
    )
    required_courses: list[Course] = strawberry_django.field(
        description="Courses that this role requires. In addition, all volunteers must complete the VOLUNTEER courses "
        "with `isRequired`; `eligibility` checks both."
    )

    @strawberry_django.field(description="Verifications that volunteers must have.", only=["required_verifications"])
    async def required_verifications(self) -> list[VerificationKind]:
        """Return the stored kinds as enum values."""
        return [VerificationKind(kind) for kind in row_of(self, models.Role).required_verifications]

    @strawberry_django.field(
        description="Number of free slots: `slotsAvailable` minus `slotsTaken`.",
        only=["slots_available", "slots_taken"],
    )
    async def slots_remaining(self) -> int:
        """Return the number of free slots."""
        role = row_of(self, models.Role)
        return role.slots_available - role.slots_taken

    @strawberry_django.field(
        description="The viewer's newest application for the role; null if the viewer is not logged in or never "
        "applied.",
        prefetch_related=[_own_applications],
    )
    async def my_application(self) -> Application | None:
        """Return the newest of the prefetched applications."""
        row: Any = self
        own = row.own_applications
        return own[0] if own else None

    @strawberry_django.field(
        description="Whether the viewer can apply for this role now, and if not, all reasons. Without a login, the "
        "only reason is UNAUTHENTICATED.",
        only=["id"],
    )
    async def eligibility(self, info: Info) -> Eligibility:
        """Load `selectors.find_reasons_against`, for all roles in one batch."""
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
        """Return the roles of opportunities that the viewer may see, in the order in which they were added."""
        shown = models.Opportunity.objects.visible_to(viewer_of(info))
        return queryset.filter(opportunity__in=shown).order_by("pk")


@strawberry_django.type(models.Opportunity, description="A volunteering opportunity, with one or more roles.")
class Opportunity(relay.Node):
    """An opportunity with its roles."""

    title: str = strawberry_django.field(description="Title of the opportunity.")
    description: str = strawberry_django.field(description="Description: what happens, for whom, what to bring.")
    impact_statement: str = strawberry_django.field(description="Statement of the intended impact; may be empty.")
    status: OpportunityStatus = strawberry_django.field(description="Status of the opportunity.")
    kind: OpportunityKind = strawberry_django.field(description="How volunteers apply.")
    start_date: datetime = strawberry_django.field(description="Time the opportunity begins.")
    end_date: datetime = strawberry_django.field(
        description="Time the opportunity ends. It may equal `startDate` if the source of an EXTERNAL listing names no "
        "end."
    )
    location_text: str = strawberry_django.field(description="Location in words; may be empty.")
    location_zip: str = strawberry_django.field(description="ZIP code of the location; may be empty.")
    is_remote: bool = strawberry_django.field(description="Whether volunteers can take part from anywhere.")
    closed_reason: str = strawberry_django.field(
        description="Reason why the opportunity was closed or canceled; may be empty."
    )
    created_at: datetime = strawberry_django.field(description="Time the opportunity was created.")
    updated_at: datetime = strawberry_django.field(description="Time of the last change.")
    host: OpportunityHost | None = strawberry_django.field(
        description="Host that offers the opportunity; null for an EXTERNAL listing that no host has claimed. Then "
        "display `source.organizationName`."
    )
    causes: list[Cause] = strawberry_django.field(description="Causes that the opportunity serves.")
    roles: list[Role] = strawberry_django.field(
        description="Roles that volunteers can apply for, in the order in which they were added. A published "
        "opportunity has at least one, but an EXTERNAL listing has none."
    )
    source: ListingSource | None = strawberry_django.field(
        field_name="listing", description="Listing on another website; null if created here."
    )

    @strawberry_django.field(
        description="Coordinates of the location; null if unknown. For an opportunity that was created here, they are "
        "the center of the ZIP code's area, not the address.",
        only=["latitude", "longitude"],
    )
    async def location(self) -> Location | None:
        """Return the coordinates, if both are known."""
        row = row_of(self, models.Opportunity)
        latitude, longitude = row.latitude, row.longitude
        if latitude is None or longitude is None:
            return None
        return Location(latitude=latitude, longitude=longitude)

    @strawberry_django.field(
        description="IANA name of the time zone of the ZIP code, such as America/Chicago; null if it is unknown. "
        "Display the opportunity's times in this time zone.",
        only=["location_zip"],
    )
    async def time_zone(self) -> str | None:
        """Return the name of the ZIP code's time zone in the IANA database."""
        zone = zip_time_zone(row_of(self, models.Opportunity).location_zip)
        return zone.key if zone else None

    @strawberry_django.connection(
        Connection[Application],
        description="Applications, oldest first. The host's owners and coordinators, and authorized staff, see all of "
        "them. Other viewers see only their own.",
        only=["id"],
    )
    async def applications(self, info: Info) -> Nested[models.Application]:
        """Load `selectors.find_applications`, for all opportunities in one batch."""
        rows = partial(selectors.find_applications, viewer=viewer_of(info))
        return Nested(rows, by="role__opportunity", key=row_of(self, models.Opportunity).pk)

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.Opportunity]:
        """Return the rows that the viewer may see."""
        return models.OpportunityQuerySet.visible_to(queryset, viewer_of(info))
