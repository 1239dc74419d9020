"""Hosts, what they offer, and who applied, with the counts of places kept right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    PostGeneration,
    SelfAttribute,
    Sequence,
    SubFactory,
    Trait,
)

from domains.accounts.models import User
from domains.opportunities.models import (
    SLOT_HOLDING_STATUSES,
    Application,
    ApplicationHistory,
    ApplicationStatus,
    Cause,
    HostMembership,
    Listing,
    MembershipRole,
    Opportunity,
    OpportunityChange,
    OpportunityHost,
    OpportunityKind,
    OpportunityStatus,
    PreferredCause,
    Role,
    RoleSkill,
    Source,
    SourceKind,
)
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory
from tests.factories.skills import SkillFactory

#: How an application comes to a status, where it is not straight from APPLIED.
_WAYS: dict[ApplicationStatus, tuple[ApplicationStatus, ...]] = {
    ApplicationStatus.APPLIED: (),
    ApplicationStatus.COMPLETED: (ApplicationStatus.ACCEPTED, ApplicationStatus.COMPLETED),
    ApplicationStatus.OFFERED: (ApplicationStatus.WAITLISTED, ApplicationStatus.OFFERED),
    ApplicationStatus.EXPIRED: (
        ApplicationStatus.WAITLISTED,
        ApplicationStatus.OFFERED,
        ApplicationStatus.EXPIRED,
    ),
}


class CauseFactory(ModelFactory[Cause]):
    """A cause of its own name."""

    class Meta:
        model = Cause

    name = Sequence(lambda n: f"Cause {n}")


class PreferredCauseFactory(ModelFactory[PreferredCause]):
    """A cause that somebody prefers."""

    class Meta:
        model = PreferredCause

    user = SubFactory(UserFactory)
    cause = SubFactory(CauseFactory)


class OpportunityHostFactory(ModelFactory[OpportunityHost]):
    """An organization without members; see `owner_of`."""

    class Meta:
        model = OpportunityHost

    organization_name = Sequence(lambda n: f"Neighbours {n}")
    website = Sequence(lambda n: f"https://neighbours{n}.example")
    description = "We look after our street."
    zip_code = "94110"


class HostMembershipFactory(ModelFactory[HostMembership]):
    """A coordinator who has accepted; `invited=True` for an invitation that nobody has answered."""

    class Meta:
        model = HostMembership

    class Params:
        invited = Trait(
            user=None,
            email=Sequence(lambda n: f"invited{n}@people.example"),
            invited_at=LazyFunction(timezone.now),
            accepted_at=None,
        )

    host = SubFactory(OpportunityHostFactory)
    user = SubFactory(UserFactory, hosting=True)
    email = SelfAttribute("user.email")
    accepted_at = LazyFunction(timezone.now)


def owner_of(host: OpportunityHost | None) -> User:
    """Return the first owner of the host, who is made where there is none; what has no host has no owner."""
    assert host is not None
    membership = host.memberships.filter(
        role=MembershipRole.OWNER, accepted_at__isnull=False, user__isnull=False
    ).first()
    user = (membership or HostMembershipFactory(host=host, role=MembershipRole.OWNER)).user
    assert user is not None
    return user


class SourceFactory(ModelFactory[Source]):
    """A web page that listings are read from."""

    class Meta:
        model = Source

    name = Sequence(lambda n: f"Notice board {n}")
    kind = SourceKind.STRUCTURED_DATA
    url = Sequence(lambda n: f"https://board{n}.example/listings")


def _serve(opportunity: Opportunity, create: bool, causes: list[Cause] | None) -> None:
    if create and causes:
        opportunity.causes.set(causes)


class OpportunityFactory(ModelFactory[Opportunity]):
    """An open opportunity next week, without roles; `causes=[…]` names what it is good for.

    Traits: `draft`, `past` (over and closed), `remote`, `external` (found on the web, no host).
    """

    class Meta:
        model = Opportunity
        skip_postgeneration_save = True

    class Params:
        draft = Trait(status=OpportunityStatus.DRAFT)
        past = Trait(
            status=OpportunityStatus.CLOSED,
            start_date=LazyFunction(lambda: timezone.now() - timedelta(days=7)),
        )
        remote = Trait(is_remote=True, location_text="", location_zip="", latitude=None, longitude=None)
        external = Trait(kind=OpportunityKind.EXTERNAL, host=None)

    host = SubFactory(OpportunityHostFactory)
    status = OpportunityStatus.OPEN
    title = Sequence(lambda n: f"Plant street trees {n}")
    description = "Dig, plant, water, and meet the people next door."
    impact_statement = "Ten more trees on a street without shade."
    start_date = LazyFunction(lambda: timezone.now() + timedelta(days=7))
    end_date = LazyAttribute(lambda opportunity: opportunity.start_date + timedelta(hours=3))
    location_text = "24th and Mission"
    location_zip = "94110"
    latitude = 37.7487
    longitude = -122.4158

    causes = PostGeneration(_serve)


class OpportunityChangeFactory(ModelFactory[OpportunityChange]):
    """The place has changed."""

    class Meta:
        model = OpportunityChange

    opportunity = SubFactory(OpportunityFactory)
    before = LazyFunction(lambda: {"location_text": "Dolores Park"})
    after = LazyFunction(lambda: {"location_text": "24th and Mission"})


class ListingFactory(ModelFactory[Listing]):
    """An external opportunity, seen today at its source."""

    class Meta:
        model = Listing

    opportunity = SubFactory(OpportunityFactory, external=True)
    source = SubFactory(SourceFactory)
    external_id = Sequence(lambda n: f"listing-{n}")
    url = LazyAttribute(lambda listing: f"{listing.source.url}/{listing.external_id}")
    organization_name = "Friends of the Creek"
    content_hash = Sequence(lambda n: f"{n:064x}")


class RoleFactory(ModelFactory[Role]):
    """A role with five free places, decided by a coordinator."""

    class Meta:
        model = Role

    opportunity = SubFactory(OpportunityFactory)
    title = Sequence(lambda n: f"Tree planter {n}")
    slots_available = 5


class RoleSkillFactory(ModelFactory[RoleSkill]):
    """A skill that a role requires."""

    class Meta:
        model = RoleSkill

    role = SubFactory(RoleFactory)
    skill = SubFactory(SkillFactory)
    is_required = True


def _write_history(application: Application, create: bool, wanted: bool | None) -> None:
    if not create or wanted is False:
        return
    previous = None
    for status in (ApplicationStatus.APPLIED, *_WAYS.get(application.status, (application.status,))):
        own_move = status in (ApplicationStatus.APPLIED, ApplicationStatus.WITHDRAWN)
        ApplicationHistoryFactory(
            application=application,
            from_status=previous,
            to_status=status,
            actor=application.volunteer if own_move else None,
        )
        previous = status


class ApplicationFactory(ModelFactory[Application]):
    """An application that waits for a decision.

    Whatever its `status`, its history leads there (`history=False` writes none) and the role's count
    of places includes it.
    """

    class Meta:
        model = Application
        skip_postgeneration_save = True

    role = SubFactory(RoleFactory)
    volunteer = SubFactory(UserFactory)
    cover_letter = "I live around the corner."
    waitlisted_at = LazyAttribute(
        # Who has an offer was on the waitlist before.
        lambda application: (
            timezone.now() if application.status in (ApplicationStatus.WAITLISTED, ApplicationStatus.OFFERED) else None
        )
    )
    offer_expires_at = LazyAttribute(
        lambda application: (
            timezone.now() + timedelta(days=2) if application.status == ApplicationStatus.OFFERED else None
        )
    )
    status = ApplicationStatus.APPLIED

    @classmethod
    def _create(cls, model_class: type[Application], *args: Any, **kwargs: Any) -> Application:
        application: Application = super()._create(model_class, *args, **kwargs)
        if application.status in SLOT_HOLDING_STATUSES:
            Role.objects.filter(pk=application.role_id).update(slots_taken=F("slots_taken") + 1)
            application.role.refresh_from_db(fields=["slots_taken"])
        return application

    history = PostGeneration(_write_history)


class ApplicationHistoryFactory(ModelFactory[ApplicationHistory]):
    """The first move of an application: the volunteer applied."""

    class Meta:
        model = ApplicationHistory

    application = SubFactory(ApplicationFactory, history=False)
    to_status = ApplicationStatus.APPLIED
    actor = SelfAttribute("application.volunteer")
    at = SelfAttribute("application.submitted_at")
