"""The mails about applications, each sent once."""

from __future__ import annotations

from domains.base.mail import send_once
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus
from domains.opportunities.selectors import find_managers
from domains.opportunities.transitions import places_taken_by


def mail_application_received(*, application_id: int) -> None:
    """Tell each owner and coordinator of the host about a new application, once. A system act."""
    application = Application.objects.select_related("role__opportunity__host", "volunteer").get(pk=application_id)
    _mail_the_managers(
        application,
        key=f"application_received:{application_id}",
        template="opportunities/application_received",
        subject=f"{application.volunteer.display_name} applied: {application.role.title}",
        first_move=application.history.first(),
    )


def mail_place_confirmed(*, application_id: int) -> None:
    """Tell whoever got a place by applying that they have it, once; nothing to those who wait. A system act."""
    first = ApplicationHistory.objects.filter(application=application_id).order_by("pk").first()
    if first is not None and first.to_status == ApplicationStatus.ACCEPTED:
        mail_application_decided(move_id=first.pk)


def mail_application_decided(*, move_id: int) -> None:
    """Tell the volunteer what this move of their application means, once. A system act."""
    moved = _get_move(move_id)
    application = moved.application
    send_once(
        f"application_decided:{move_id}",
        template="opportunities/application_decided",
        subject=f"Your application: {application.role.opportunity.title}",
        to=application.volunteer.email,
        context={
            "application": application,
            "move": moved,
            "was_absent": moved.from_status == ApplicationStatus.ACCEPTED,
        },
    )


def mail_place_changed(*, move_id: int) -> None:
    """Tell the host, once, who took an offered place or gave theirs back. A system act."""
    moved = _get_move(move_id)
    application = moved.application
    if moved.to_status != ApplicationStatus.ACCEPTED and not places_taken_by(moved.from_status, moved.to_status):
        return
    verb = "took the free place" if moved.to_status == ApplicationStatus.ACCEPTED else "gave the place back"
    _mail_the_managers(
        application,
        key=f"place_changed:{move_id}",
        template="opportunities/place_changed",
        subject=f"{application.volunteer.display_name} {verb}: {application.role.title}",
        move=moved,
    )


def _get_move(move_id: int) -> ApplicationHistory:
    with_all = ApplicationHistory.objects.select_related(
        "application__role__opportunity__host", "application__volunteer"
    )
    return with_all.get(pk=move_id)


def _mail_the_managers(application: Application, *, key: str, template: str, subject: str, **context: object) -> None:
    host = application.role.opportunity.host
    for manager in find_managers(host_id=host.pk) if host else ():
        send_once(
            f"{key}:{manager.pk}",
            template=template,
            subject=subject,
            to=manager.email,
            context={"application": application, "manager": manager, **context},
        )
