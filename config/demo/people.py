"""People with profiles, proven addresses and skills; organizations with their members."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from config.demo import DEMO_PASSWORD
from config.demo.community import DOMAIN, LOG_INS, Community
from domains.accounts.models import User, UserProfile, UserType
from domains.accounts.services.availability import FreeTime, read_availability
from domains.base.week import Weekday
from domains.opportunities.models import HostMembership, MembershipRole, OpportunityHost, PreferredCause
from domains.skills.models import UserSkill


def load_people(community: Community) -> None:
    """Load all people of the content; three of them can log in."""
    for key, person in community.people.items():
        community.users[key] = User(
            email=f"{key}@{DOMAIN}",
            display_name=person["name"],
            user_type=UserType(person.get("type", UserType.VOLUNTEER)),
            zip_code=person["zip"],
            password=make_password(DEMO_PASSWORD if key in LOG_INS else None),
            is_staff=key == "staff",
            is_superuser=key == "staff",
            created_at=community.random_past_time(days=(90, 600)),
        )
        community.skill_names[key] = set(person["skills"])
    User.objects.bulk_create(community.users.values())
    people = [(community.users[key], person) for key, person in community.people.items()]
    UserProfile.objects.bulk_create(_make_profile(user, person) for user, person in people)
    PreferredCause.objects.bulk_create(
        PreferredCause(user=user, cause=community.causes[name])
        for user, person in people
        for name in person.get("causes", ())
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user, _ in people
    )
    UserSkill.objects.bulk_create(
        UserSkill(
            user=user,
            skill=community.skills[name],
            proficiency_level=level,
            created_at=community.random_time_between(user.created_at, community.now),
        )
        for user, person in people
        for name, level in person["skills"].items()
    )


def _make_profile(user: User, person: dict[str, Any]) -> UserProfile:
    times = [FreeTime(Weekday(day), starts, ends) for day, starts, ends in person.get("free", ())]
    hours, problems = read_availability(times)
    if problems:
        raise ValueError(f"{user} is free at times that are none: {problems}")
    return UserProfile(
        user=user,
        bio=person["bio"],
        birth_year=person["born"],
        languages=person.get("languages", []),
        availability=hours,
        visibility=person.get("show", {}),
    )


def load_hosts(community: Community) -> None:
    """Load every organization, with its owner and its team, who have all accepted."""
    for key, host in community.host_content["host"].items():
        community.hosts[key] = OpportunityHost(
            organization_name=host["name"],
            website=host["website"],
            description=host["description"],
            zip_code=host["zip"],
            is_verified=host["verified"],
            created_at=community.random_past_time(days=(40, 80)),
        )
    OpportunityHost.objects.bulk_create(community.hosts.values())
    HostMembership.objects.bulk_create(
        membership
        for key, host in community.host_content["host"].items()
        for membership in _make_memberships(community, key, {host["owner"]: "OWNER", **host.get("team", {})})
    )


def _make_memberships(community: Community, key: str, people: dict[str, str]) -> list[HostMembership]:
    host, owner = community.hosts[key], community.owner(key)
    return [
        HostMembership(
            host=host,
            user=community.users[person],
            email=community.users[person].email,
            role=MembershipRole(role),
            invited_by=None if role == MembershipRole.OWNER else owner,
            created_at=host.created_at,
            accepted_at=host.created_at + timedelta(hours=0 if role == MembershipRole.OWNER else 20),
        )
        for person, role in people.items()
    ]
