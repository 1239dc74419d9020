"""The mails about applications, each sent once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.template.loader import render_to_string

from domains.opportunities.models import Application, ApplicationHistory
from domains.opportunities.selectors import find_managers

#: Far longer than the relay goes on repeating a fact.
REMEMBERED_FOR = timedelta(days=7)


def mail_application_received(*, application_id: int) -> None:
    """Tell each owner and coordinator of the host about a new application, once. A system act."""
    application = Application.objects.select_related("role__opportunity__host", "volunteer").get(pk=application_id)
    host = application.role.opportunity.host
    if host is None:
        return
    context = {"application": application, "first_move": application.history.first()}
    subject = f"{application.volunteer.display_name} applied: {application.role.title}"
    for manager in find_managers(host_id=host.pk):
        key = f"application_received:{application_id}:{manager.pk}"
        _mail_once(key, "application_received", subject, manager.email, {**context, "manager": manager})


def mail_application_decided(*, move_id: int) -> None:
    """Tell the volunteer what this move of their application decided, once. A system act."""
    moved = ApplicationHistory.objects.select_related(
        "application__role__opportunity__host", "application__volunteer"
    ).get(pk=move_id)
    application = moved.application
    subject = f"Your application: {application.role.opportunity.title}"
    context = {"application": application, "move": moved}
    _mail_once(f"application_decided:{move_id}", "application_decided", subject, application.volunteer.email, context)


def _mail_once(key: str, template: str, subject: str, to: str, context: Mapping[str, object]) -> None:
    """Send the mail unless it was sent before: the fact behind it may be told more than once.

    Of the two faults that a crash between sending and noting could leave, this chooses the mail unsent
    over the mail sent twice; a failure that is no crash takes the note back, and the task tries again.
    """
    note = f"mail:{key}"
    if not cache.add(note, 1, timeout=REMEMBERED_FOR.total_seconds()):
        return
    context = {**context, "community": settings.PUBLIC_URL}
    try:
        send_mail(
            " ".join(subject.split()),
            render_to_string(f"opportunities/{template}.txt", context),
            None,
            [to],
            html_message=render_to_string(f"opportunities/{template}.html", context),
        )
    except Exception:
        cache.delete(note)
        raise
