"""Who may do what with accounts."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from domains.accounts.models import ADULT_AGE, User, UserType

__all__ = [
    "ADULT_AGE",
    "can_host",
    "can_introspect",
    "can_see_birth_year",
    "can_see_private_fields",
    "can_use_graphiql",
    "can_volunteer",
    "may_be_minor",
]


def can_see_private_fields(viewer: User | None, person: User) -> bool:
    """I see my own address and location; staff with the right to view people see everybody's."""
    return viewer is not None and (viewer.pk == person.pk or viewer.has_right("accounts.view_user"))


def can_see_birth_year(viewer: User | None, user_id: int) -> bool:
    """I see my own year of birth; nobody else sees it here, staff included."""
    return viewer is not None and viewer.pk == user_id


def can_use_graphiql(user: User) -> bool:
    """I may use GraphiQL if I am on the staff with the right to."""
    return user.has_right("accounts.use_graphiql")


def can_introspect(viewer: User | None) -> bool:
    """I may read the schema by introspection as `INTROSPECTION` says; `staff` are those who may use GraphiQL."""
    if settings.INTROSPECTION == "staff":
        return viewer is not None and can_use_graphiql(viewer)
    return bool(settings.INTROSPECTION == "on")


def can_volunteer(user: User) -> bool:
    """I may volunteer if I said that I am here for it."""
    return user.user_type in {UserType.VOLUNTEER, UserType.BOTH}


def can_host(user: User) -> bool:
    """I may found an organization if I said that I am here to host."""
    return user.user_type in {UserType.HOST, UserType.BOTH}


def may_be_mailed(user: User) -> bool:
    """Mails with other people's words reach me only at an address that I have proved, or that staff gave me."""
    return user.is_active and (user.is_staff or user.is_email_verified)


def may_be_minor(birth_year: int | None) -> bool:
    """I count as under 18 until the year is over in which I turn it; who does not say is taken for an adult."""
    return birth_year is not None and timezone.now().year - birth_year <= ADULT_AGE
