"""Mails about notifications: as text and HTML, with the reason for the mail and an unsubscribe link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from domains.base.addresses import address_key
from domains.base.mail import Attachment, without_addresses
from domains.notifications.tokens import unsubscribe_url


@dataclass(frozen=True)
class MailContent:
    """Content of a mail: `{template}.txt` and `.html` with their context, and attached files."""

    template: str
    subject: str
    context: Mapping[str, object]
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Footer:
    """Reason for the mail, and the person and topic of its unsubscribe link."""

    reason: str
    user_id: int
    topic: str


def send_mail(mail: MailContent, *, to: str, footer: Footer, name: str) -> None:
    """Send the mail; `name` makes its Message-ID, the same on every attempt, so that a repeat can be recognized."""
    link = unsubscribe_url(user_id=footer.user_id, topic=footer.topic)
    context = {**mail.context, "community": settings.PUBLIC_URL}
    footer_context = {"reason": footer.reason, "link": link}
    text, html = (
        render_to_string(f"{mail.template}.{extension}", context)
        + render_to_string(f"notifications/footer.{extension}", footer_context)
        for extension in ("txt", "html")
    )
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{name}@{domain}>",
        "Auto-Submitted": "auto-generated",
        # RFC 8058: mail programs unsubscribe by a POST of their own, without a login.
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message = EmailMultiAlternatives(" ".join(mail.subject.split()), text, None, [address_key(to)], headers=headers)
    message.attach_alternative(html, "text/html")
    for one in mail.attachments:
        message.attach(one.name, one.content, one.media_type)
    with without_addresses():
        message.send()
