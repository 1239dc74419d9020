"""The mails about notifications: in two forms, with the reason one gets them and a way to get no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from domains.base.addresses import address_key
from domains.notifications.tokens import unsubscribe_url


@dataclass(frozen=True)
class Mail:
    """What a mail says: `{template}.txt` and `.html` with their context."""

    template: str
    subject: str
    context: Mapping[str, object]


@dataclass(frozen=True)
class Footer:
    """Why one gets the mail, and whose mails about what its link ends."""

    reason: str
    user_id: int
    topic: str


def post(mail: Mail, *, to: str, footer: Footer, name: str) -> None:
    """Send the mail; `name` makes its Message-ID, the same whenever it is sent, so that a repeat can be told as one."""
    link = unsubscribe_url(user_id=footer.user_id, topic=footer.topic)
    context = {**mail.context, "community": settings.PUBLIC_URL}
    end = {"reason": footer.reason, "link": link}
    text, page = (
        render_to_string(f"{mail.template}.{form}", context) + render_to_string(f"notifications/footer.{form}", end)
        for form in ("txt", "html")
    )
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{name}@{domain}>",
        "Auto-Submitted": "auto-generated",
        # RFC 8058: mail programs end the mails by a POST of their own, without asking anybody to log in.
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message = EmailMultiAlternatives(" ".join(mail.subject.split()), text, None, [address_key(to)], headers=headers)
    message.attach_alternative(page, "text/html")
    message.send()
