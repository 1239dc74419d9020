"""Who may do what with hosts, opportunities and applications."""

from __future__ import annotations

from domains.accounts.models import User
from domains.accounts.policies import can_host, can_volunteer
from domains.opportunities.models import (
    Application,
    HostMembership,
    HoursEntry,
    Opportunity,
    hosts_owned_by,
    hosts_run_by,
)

__all__ = [
    "can_answer_for_application",
    "can_apply",
    "can_create_host",
    "can_decide_application",
    "can_endorse",
    "can_log_hours",
    "can_manage_members",
    "can_manage_opportunity",
    "can_remove_member",
    "can_review_hours",
    "can_run_host",
    "can_see_impact",
    "is_invited",
]


def can_create_host(user: User) -> bool:
    """I may found an organization if my account type includes hosting."""
    return can_host(user)


def can_apply(user: User) -> bool:
    """I may apply for slots if my account type includes volunteering."""
    return can_volunteer(user)


def can_run_host(user: User, host_id: int | None) -> bool:
    """I run an organization if I am its owner or coordinator and have accepted; staff rights do not count."""
    return host_id is not None and hosts_run_by(user).filter(host_id=host_id).exists()


def can_manage_members(user: User, host_id: int) -> bool:
    """I may manage members and their roles if I own the organization; coordinators and staff may not."""
    return hosts_owned_by(user).filter(host_id=host_id).exists()


def is_invited(user: User, membership: HostMembership) -> bool:
    """I am invited if the invitation went to exactly my address, and I have verified that address."""
    is_open = membership.accepted_at is None
    return is_open and user.is_email_verified and membership.email == user.email


def can_remove_member(user: User, membership: HostMembership) -> bool:
    """I may leave, or decline an invitation to me; an owner may remove any member."""
    is_me = membership.user_id == user.pk or is_invited(user, membership)
    return is_me or can_manage_members(user, membership.host_id)


def can_manage_opportunity(user: User, opportunity: Opportunity) -> bool:
    """I may change and publish the opportunities of an organization that I run."""
    return can_run_host(user, opportunity.host_id)


def can_decide_application(user: User, application: Application) -> bool:
    """I may decide about applications to an organization that I run."""
    return can_run_host(user, application.role.opportunity.host_id)


def can_endorse(user: User, application: Application) -> bool:
    """I may endorse the skills of volunteers of an organization that I run, but not my own skills."""
    return application.volunteer_id != user.pk and can_decide_application(user, application)


def can_answer_for_application(user: User, application: Application) -> bool:
    """I may withdraw my own application and answer my own offers; nobody else may."""
    return application.volunteer_id == user.pk


def can_log_hours(user: User, application: Application) -> bool:
    """I may log hours for my own applications; nobody else may."""
    return application.volunteer_id == user.pk


def can_review_hours(user: User, entry: HoursEntry) -> bool:
    """I may review hours given to an organization that I run, unless they are my own."""
    return entry.volunteer_id != user.pk and can_run_host(user, entry.application.role.opportunity.host_id)


def can_see_impact(viewer: User | None, person: User) -> bool:
    """I see my own impact; others see only the records that I share."""
    return viewer is not None and viewer.pk == person.pk
