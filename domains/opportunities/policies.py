"""Who may do what with hosts, opportunities and applications."""

from __future__ import annotations

from domains.accounts.models import User
from domains.accounts.policies import can_host, can_volunteer
from domains.opportunities.models import Application, Opportunity, hosts_run_by

__all__ = [
    "can_answer_for_application",
    "can_apply",
    "can_create_host",
    "can_decide_application",
    "can_manage_opportunity",
    "can_run_host",
]


def can_create_host(user: User) -> bool:
    """I may found an organisation if I said that I am here to host."""
    return can_host(user)


def can_apply(user: User) -> bool:
    """I may apply for places if I said that I am here to volunteer."""
    return can_volunteer(user)


def can_run_host(user: User, host_id: int | None) -> bool:
    """I run an organisation if I am an owner or a coordinator of it and have accepted; staff do not run it for us."""
    return host_id is not None and hosts_run_by(user).filter(host_id=host_id).exists()


def can_manage_opportunity(user: User, opportunity: Opportunity) -> bool:
    """I may change and publish what an organisation that I run offers."""
    return can_run_host(user, opportunity.host_id)


def can_decide_application(user: User, application: Application) -> bool:
    """I may decide about those who apply to an organisation that I run."""
    return can_run_host(user, application.role.opportunity.host_id)


def can_answer_for_application(user: User, application: Application) -> bool:
    """I may withdraw my own application and answer what is offered to me; nobody does that for me."""
    return application.volunteer_id == user.pk
