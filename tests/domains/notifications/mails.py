"""What was mailed, and how a test has a template used and mailed without the fact."""

from __future__ import annotations

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from domains.notifications import services


def sent() -> list[tuple[list[str], str, str]]:
    """Return the receivers, the text and the HTML of each mail."""
    messages = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
    assert len(messages) == len(mail.outbox)
    return [(message.to, str(message.body), str(message.alternatives[0][0])) for message in messages]


def tell(template: str, source_id: int) -> None:
    """Make the notifications and send what is due."""
    services.notify_by_template(template=template, source_id=source_id)
    services.send_due_mails()
