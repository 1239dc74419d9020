"""Volunteers recommended for a role, with reasons from what they show all members, and their rough location only.

What they hide from members is left out before anything is scored, so that neither the reasons, nor the score, nor the
list tell of it. Whether the asking member is a contact is not asked: that would cost more than all the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from domains.accounts.models import Audience, Block, ProfileField, User, UserType, audience_of
from domains.base.errors import NotAllowed, NotFound
from domains.base.week import Hours
from domains.geo.plain import Point, distance_km
from domains.geo.selectors import zip_codes_within, zip_point, zip_time_zone
from domains.opportunities import policies
from domains.opportunities.matching import (
    HOST_DISTANCE_BANDS,
    FreeTimes,
    HeldSkill,
    Match,
    Span,
    WantedSkill,
    match_volunteer,
)
from domains.opportunities.models import (
    Application,
    HostMembership,
    Opportunity,
    OpportunityStatus,
    PreferredCause,
    Role,
)
from domains.opportunities.selectors.role_candidates import read_wanted_skills
from domains.opportunities.selectors.unions import union_all
from domains.skills.models import UserSkill

#: Maximum number of people that each branch reads.
MAX_NEAREST = 400
MAX_SKILLS, MAX_BEST_PER_SKILL = 10, 60
MAX_NEWEST = 100


@dataclass(frozen=True)
class RecommendedVolunteer:
    """A person who fits the role, and how well."""

    user_id: int
    match: Match


def find_recommended_volunteers(
    *, viewer: User, role_id: int, first: int, now: datetime | None = None
) -> list[RecommendedVolunteer]:
    """Return the volunteers who fit the role best and could apply but did not; none once the opportunity is over.

    Refuses with NOT_FOUND, and with FORBIDDEN if the viewer does not run the host. Excludes people who may be under
    18, whom the viewer blocks, or who block the viewer.
    """
    now = now or timezone.now()
    role = (
        Role.objects.select_related("opportunity")
        .filter(pk=role_id, opportunity__in=Opportunity.objects.visible_to(viewer))
        .first()
    )
    if role is None:
        raise NotFound("role", "role_id")
    if not policies.can_manage_opportunity(viewer, role.opportunity):
        raise NotAllowed("Only owners and coordinators of the organization see who might fit its roles.")
    if role.opportunity.end_date <= now or role.opportunity.status not in _UPCOMING_STATUSES:
        return []
    matching = [one for one in _match_people(viewer, role) if one.match.tenths > 0]
    return sorted(matching, key=lambda one: (-one.match.tenths, one.user_id))[:first]


_UPCOMING_STATUSES = (OpportunityStatus.DRAFT, OpportunityStatus.OPEN)


@dataclass(frozen=True)
class _Person:
    """A possible applicant, as the profile has it; `visibility` says who sees which of it."""

    zip_code: str
    visibility: Mapping[str, str] | None
    availability: Hours | None

    def shows(self, field: ProfileField) -> bool:
        """Whether all members see the field."""
        return audience_of(field, self.visibility).includes(Audience.MEMBERS)

    @property
    def free_times(self) -> FreeTimes:
        """The times that members see."""
        hours = self.availability if self.shows(ProfileField.AVAILABILITY) else None
        return FreeTimes(hours or (), zip_time_zone(self.zip_code))


def _match_people(viewer: User, role: Role) -> list[RecommendedVolunteer]:
    """Return how well each of the possible applicants fits the role."""
    wanted = read_wanted_skills(role_ids=[role.pk])[role.pk]
    skilled, others = set(_find_skill_holders(wanted)), _find_neighbors(role, wanted)
    people = _find_possible_applicants(viewer, role, skilled | others)
    skills, causes = _read_skills(people, wanted), _read_causes(people, role)
    center, span = _center_of(role.opportunity), Span(role.opportunity.start_date, role.opportunity.end_date)
    return [
        RecommendedVolunteer(
            user_id,
            match_volunteer(
                skills[user_id],
                wanted,
                span=span,
                is_remote=role.opportunity.is_remote,
                distance_km=_distance(center, person.zip_code),
                free_times=person.free_times,
                preferred_causes=causes[user_id],
            ),
        )
        for user_id, person in people.items()
        # Leave out people who were found by a skill that they hide.
        if user_id in others or skills[user_id]
    ]


def _find_possible_applicants(viewer: User, role: Role, among: Collection[int]) -> dict[int, _Person]:
    """Return, by id, the adult volunteers with a verified address who could apply."""
    people = (
        User.objects.with_verified_email()
        .adults()
        .filter(pk__in=among, is_active=True, user_type__in=(UserType.VOLUNTEER, UserType.BOTH))
        .exclude(pk__in=Block.objects.filter(blocker=viewer).values("blocked"))
        .exclude(pk__in=Block.objects.filter(blocked=viewer).values("blocker"))
        .exclude(pk__in=Application.objects.filter(role=role).values("volunteer"))
        .exclude(pk__in=HostMembership.objects.filter(host=role.opportunity.host_id, user__isnull=False).values("user"))
    )
    rows = people.values_list("pk", "zip_code", "profile__visibility", "profile__availability")
    return {user_id: _Person(*columns) for user_id, *columns in rows}


def _find_neighbors(role: Role, wanted: Sequence[WantedSkill]) -> set[int]:
    """Return the ids of the people to score whatever their skills are: the nearest, else the newest."""
    center = _center_of(role.opportunity)
    if center:
        return set(_find_nearest(center))
    if wanted:
        return set()
    return set(_volunteers().order_by("-pk").values_list("pk", flat=True)[:MAX_NEWEST])


def _find_skill_holders(wanted: Sequence[WantedSkill]) -> list[int]:
    """Return the people best at the required skills, and beginners at skills that the role only develops."""
    reads = []
    for skill in sorted(wanted, key=lambda skill: not skill.is_required)[:MAX_SKILLS]:
        order = ("-proficiency_level", "-user") if skill.is_required else ("proficiency_level", "user")
        reads.append(UserSkill.objects.filter(skill=skill.skill_id).order_by(*order)[:MAX_BEST_PER_SKILL])
    return union_all(reads, "user")


def _find_nearest(center: Point) -> Iterable[int]:
    """Return the people of the nearest ZIP codes, adding ZIP codes until there are `MAX_NEAREST` people.

    People are counted in the index first, so that a crowded city costs no extra reads.
    """
    nearby_zip_codes = zip_codes_within(center, HOST_DISTANCE_BANDS[-1][0])
    counted = (
        User.objects.filter(zip_code__in=nearby_zip_codes)
        .order_by()
        .values_list("zip_code")
        .annotate(people=Count("pk"))
    )
    chosen, total = [], 0
    for zip_code, people in sorted(counted, key=lambda row: (_distance(center, row[0]) or 0, row[0])):
        if total >= MAX_NEAREST:
            break
        chosen.append(zip_code)
        total += people
    return (
        _volunteers().filter(zip_code__in=chosen).order_by("zip_code", "pk").values_list("pk", flat=True)[:MAX_NEAREST]
    )


def _volunteers() -> QuerySet[User]:
    return User.objects.filter(is_active=True, user_type__in=(UserType.VOLUNTEER, UserType.BOTH))


def _read_skills(
    people: Mapping[int, _Person], wanted: Sequence[WantedSkill]
) -> defaultdict[int, dict[int, HeldSkill]]:
    """Return the skills that people show and that the role names; their other skills are not read."""
    held: defaultdict[int, dict[int, HeldSkill]] = defaultdict(dict)
    shown = [user_id for user_id, person in people.items() if person.shows(ProfileField.SKILLS)]
    rows = UserSkill.objects.filter(user__in=shown, skill__in=[skill.skill_id for skill in wanted])
    columns = ("user", "skill", "skill__name", "skill__category", "proficiency_level", "is_verified")
    for user_id, skill_id, *skill in rows.values_list(*columns):
        held[user_id][skill_id] = HeldSkill(*skill)
    return held


def _read_causes(people: Mapping[int, _Person], role: Role) -> defaultdict[int, list[str]]:
    """Return the names of the causes that people show and that the role serves."""
    preferred: defaultdict[int, list[str]] = defaultdict(list)
    shown = [user_id for user_id, person in people.items() if person.shows(ProfileField.CAUSES)]
    served = Opportunity.causes.through.objects.filter(opportunity=role.opportunity_id).values("cause")
    rows = PreferredCause.objects.filter(user__in=shown, cause__in=served).order_by("cause__name", "cause")
    for user_id, name in rows.values_list("user", "cause__name"):
        preferred[user_id].append(name)
    return preferred


def _center_of(opportunity: Opportunity) -> Point | None:
    if opportunity.is_remote or opportunity.latitude is None or opportunity.longitude is None:
        return None
    return Point(opportunity.latitude, opportunity.longitude)


def _distance(center: Point | None, zip_code: str) -> float | None:
    home = zip_point(zip_code) if center else None
    return distance_km(center, home) if center and home else None
