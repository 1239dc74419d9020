"""Shared steps of services that change an application: find it, lock its role, read it again."""

from __future__ import annotations

from django.db.models import QuerySet

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound
from domains.opportunities import policies
from domains.opportunities.models import Application, ApplicationHistory, Role
from domains.opportunities.services.locks import lock_role, lock_volunteers
from domains.opportunities.services.values import clean_note

MAX_REASON_LENGTH = ApplicationHistory._meta.get_field("reason").max_length or 0


def lock_to_decide(*, actor: User, application_id: int, gives_slot: bool = False) -> tuple[Application, Role]:
    """Lock the role and return the application, read under the lock, for a coordinator's act.

    If the act gives a slot, the volunteer is locked before the role. Refuses with NOT_FOUND and FORBIDDEN.
    """
    application = _find(Application.objects.visible_to(actor), application_id)
    if not policies.can_decide_application(actor, application):
        raise NotAllowed("Only owners and coordinators of the organization decide about applications.")
    return application, lock_again(application=application, viewer=actor, gives_slot=gives_slot)


def lock_own(*, actor: User, application_id: int, gives_slot: bool = False) -> tuple[Application, Role]:
    """Lock the role and return the actor's own application, read under the lock; refuses with NOT_FOUND, FORBIDDEN.

    If the act gives a slot, the actor is locked before the role.
    """
    application = _find(Application.objects.visible_to(actor), application_id)
    if not policies.can_answer_for_application(actor, application):
        raise NotAllowed("Only the volunteer may do this with an application.")
    return application, lock_again(application=application, viewer=actor, gives_slot=gives_slot)


def lock_again(*, application: Application, viewer: User | None, gives_slot: bool = False) -> Role:
    """Lock and return the application's role, and read the application again: others may have moved it meanwhile.

    Refuses with NOT_FOUND if it was deleted meanwhile.
    """
    people = lock_volunteers(volunteer_ids=[application.volunteer_id]) if gives_slot else {}
    role = lock_role(viewer=viewer, role_id=application.role_id)
    if role is None:
        raise NotFound("application", "application_id")
    try:
        application.refresh_from_db()
    except Application.DoesNotExist:
        raise NotFound("application", "application_id") from None
    if gives_slot:
        application.volunteer = people[application.volunteer_id]
    return role


def clean_reason(text: str, field: str) -> str:
    """Return the reason for the history, in one line; refuses with TOO_LONG and INVALID, naming the input's field."""
    return clean_note(text, max_length=MAX_REASON_LENGTH, field=field)


def _find(applications: QuerySet[Application], application_id: int) -> Application:
    application = applications.select_related("role__opportunity").filter(pk=application_id).first()
    if application is None:
        raise NotFound("application", "application_id")
    return application
