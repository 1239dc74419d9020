"""Who may do what with accounts."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from domains.accounts.models import ADULT_AGE, User, UserType

__all__ = [
    "ADULT_AGE",
    "can_host",
    "can_introspect",
    "can_see_audiences",
    "can_see_birth_year",
    "can_see_private_fields",
    "can_use_graphiql",
    "can_volunteer",
    "may_be_minor",
]


def can_see_private_fields(viewer: User | None, person: User) -> bool:
    """People see their own address and location; staff with the right to view people see everybody's."""
    return viewer is not None and (viewer.pk == person.pk or viewer.has_right("accounts.view_user"))


def can_see_birth_year(viewer: User | None, user_id: int) -> bool:
    """People see only their own year of birth; that includes staff."""
    return viewer is not None and viewer.pk == user_id


def can_see_audiences(viewer: User | None, user_id: int) -> bool:
    """People see only their own choice of who sees which field of a profile."""
    return viewer is not None and viewer.pk == user_id


def can_use_graphiql(user: User) -> bool:
    """GraphiQL is for staff with the right to use it."""
    return user.has_right("accounts.use_graphiql")


def can_introspect(viewer: User | None) -> bool:
    """The setting `INTROSPECTION` decides who may introspect the schema; `staff` means people who may use GraphiQL."""
    if settings.INTROSPECTION == "staff":
        return viewer is not None and can_use_graphiql(viewer)
    return bool(settings.INTROSPECTION == "on")


def can_volunteer(user: User) -> bool:
    """People may volunteer if their user type is VOLUNTEER or BOTH."""
    return user.user_type in {UserType.VOLUNTEER, UserType.BOTH}


def can_host(user: User) -> bool:
    """People may found an organization if their user type is HOST or BOTH."""
    return user.user_type in {UserType.HOST, UserType.BOTH}


def can_be_mailed(user: User) -> bool:
    """Mails with other people's words go to proved addresses and to staff only."""
    return user.is_active and (user.is_staff or user.is_email_verified)


def may_be_minor(birth_year: int | None) -> bool:
    """People count as minors until the end of the year in which they turn 18; without a year of birth, as adults."""
    return birth_year is not None and timezone.now().year - birth_year <= ADULT_AGE
