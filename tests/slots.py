"""Roles at some time, and how people come to hold their slots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.waitlist import waitlist_position
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationStatus, Role
from domains.opportunities.transitions import Decision
from tests.factories import (
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    OpportunityFactory,
    RoleFactory,
    RoleSkillFactory,
    UserFactory,
    VerificationCaseFactory,
    owner_of,
)
from tests.sql import rows_of

TEN = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=30)


def role_at(start: datetime = TEN, hours: float = 2, **fields: Any) -> Role:
    opportunity = OpportunityFactory(start_date=start, end_date=start + timedelta(hours=hours))
    owner_of(opportunity.host)
    return RoleFactory(opportunity=opportunity, **{"requires_approval": False, **fields})


def full_role(start: datetime = TEN, **fields: Any) -> tuple[Role, Application]:
    """Return a role with one slot, and the application that holds it."""
    role = role_at(start, slots_available=1, **fields)
    return role, ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)


def wait_for(role: Role, volunteer: User | None = None) -> Application:
    return ApplicationFactory(role=role, volunteer=volunteer or UserFactory(), status=ApplicationStatus.WAITLISTED)


def hold_at(start: datetime, volunteer: User, **fields: Any) -> Application:
    return ApplicationFactory(role=role_at(start, **fields), volunteer=volunteer, status=ApplicationStatus.ACCEPTED)


def give_back(application: Application) -> None:
    services.withdraw_application(actor=application.volunteer, application_id=application.pk)


def accept(application: Application, *, anyway: bool = False) -> Application:
    return services.decide_application(
        actor=owner_of(application.role.opportunity.host),
        application_id=application.pk,
        decision=Decision.ACCEPT,
        accept_anyway=anyway,
    )


def take(application: Application) -> Application:
    return services.answer_offer(actor=application.volunteer, application_id=application.pk, accept=True)


def refusal(act: Callable[[], Any]) -> list[str]:
    """Return the codes that the act is refused with, which changes nothing."""
    before = rows_of("opportunities", "base")
    found = codes(act)
    assert rows_of("opportunities", "base") == before
    return found


def codes(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [str(problem.code) for problem in refused.value.problems]


def status_of(application: Application) -> str:
    return str(Application.objects.get(pk=application.pk).status.value)


def moves_of(application: Application) -> list[str]:
    return [str(one) for one in application.history.order_by("pk").values_list("to_status", flat=True)]


def position_of(application: Application) -> int | None:
    position: int | None = (
        Application.objects.annotate(position=waitlist_position(Application))
        .values_list("position", flat=True)
        .get(pk=application.pk)
    )
    return position


def lacks_a_skill(role: Role, volunteer: User) -> None:
    RoleSkillFactory(role=role)


def lacks_a_course(role: Role, volunteer: User) -> None:
    course = CourseFactory()
    EnrollmentFactory(user=volunteer, course=course)
    role.required_courses.add(course)


def lacks_everybodys_course(role: Role, volunteer: User) -> None:
    CourseFactory(is_required=True)


def lacks_a_verification(role: Role, volunteer: User) -> None:
    Role.objects.filter(pk=role.pk).update(required_verifications=["IDENTITY"])
    past = timezone.now() - timedelta(minutes=1)
    VerificationCaseFactory(user=volunteer, kind="IDENTITY", expires_at=past)


def lost_the_address(role: Role, volunteer: User) -> None:
    volunteer.emailaddress_set.update(verified=False)


LACKS = [
    (lacks_a_skill, "MISSING_SKILL"),
    (lacks_a_course, "MISSING_COURSE"),
    (lacks_everybodys_course, "MISSING_COURSE"),
    (lacks_a_verification, "MISSING_VERIFICATION"),
    (lost_the_address, "EMAIL_NOT_VERIFIED"),
]
