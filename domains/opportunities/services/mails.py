"""The mails about applications, each sent once."""

from __future__ import annotations

from domains.base.mail import send_once
from domains.opportunities.models import Application, ApplicationHistory
from domains.opportunities.selectors import find_managers


def mail_application_received(*, application_id: int) -> None:
    """Tell each owner and coordinator of the host about a new application, once. A system act."""
    application = Application.objects.select_related("role__opportunity__host", "volunteer").get(pk=application_id)
    host = application.role.opportunity.host
    if host is None:
        return
    context = {"application": application, "first_move": application.history.first()}
    subject = f"{application.volunteer.display_name} applied: {application.role.title}"
    for manager in find_managers(host_id=host.pk):
        send_once(
            f"application_received:{application_id}:{manager.pk}",
            template="opportunities/application_received",
            subject=subject,
            to=manager.email,
            context={**context, "manager": manager},
        )


def mail_application_decided(*, move_id: int) -> None:
    """Tell the volunteer what this move of their application decided, once. A system act."""
    moved = ApplicationHistory.objects.select_related(
        "application__role__opportunity__host", "application__volunteer"
    ).get(pk=move_id)
    application = moved.application
    send_once(
        f"application_decided:{move_id}",
        template="opportunities/application_decided",
        subject=f"Your application: {application.role.opportunity.title}",
        to=application.volunteer.email,
        context={"application": application, "move": moved},
    )
