"""Mails that follow from facts: queued by a listener, written and sent once by a worker.

A domain registers how a kind of mail is written (`writes`) and queues mails of that kind (`enqueue`). A mail is written
when it is sent: until then the queue holds ids only, and a mail that is no longer wanted is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from domains.base import queue
from domains.base.addresses import address_key
from domains.base.models import MailJob


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; `media_type` may have parameters, such as `text/calendar; method=PUBLISH`."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Mail:
    """A mail: its templates `{template}.txt` and `.html`, their context, the recipient's address, and attachments."""

    template: str
    subject: str
    to: str
    context: Mapping[str, object] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()


class NotSent(Exception):
    """The mail server did not take a mail; the message has its code, and no address."""


Writer = Callable[[MailJob], Mail | None]
_writers: dict[str, Writer] = {}


def writes(kind: str) -> Callable[[Writer], Writer]:
    """Register the writer of a kind of mail; the writer returns None if the mail is no longer wanted."""

    def register(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return register


def enqueue(*, kind: str, source_id: int, occasion: str = "", person_id: int | None = None) -> None:
    """Queue the mail about a row, for this occasion and person, unless it was queued before, sent or not."""
    parts = (kind, source_id, person_id, occasion)
    name = ":".join(str(part) for part in parts if part not in {None, ""})
    job = MailJob(name=name, kind=kind, source_id=source_id, person_id=person_id, occasion=occasion)
    MailJob.objects.bulk_create([job], ignore_conflicts=True)


def was_queued(*, kind: str, source_id: int, within: timedelta) -> bool:
    """Tell whether a mail of the kind about the row was queued in this time."""
    jobs = MailJob.objects.filter(kind=kind, source_id=source_id)
    return jobs.filter(created_at__gt=timezone.now() - within).exists()


def send_due() -> int:
    """Send the mails that are due; return how many were tried. Safe in many processes at once."""
    return queue.drain(MailJob.objects.all(), _send)


def _send(job: MailJob) -> None:
    mail = _writers[job.kind](job)
    if mail is not None:
        send(mail, before=partial(queue.check_claim, job))


def send(mail: Mail, *, before: Callable[[], None] = lambda: None) -> None:
    """Send the mail now; `before` is called right before that, and may raise. Raises NotSent."""
    context = {**mail.context, "community": settings.PUBLIC_URL}
    text, page = (render_to_string(f"{mail.template}.{form}", context) for form in ("txt", "html"))
    message = EmailMultiAlternatives(" ".join(mail.subject.split()), text, None, [address_key(mail.to)])
    message.attach_alternative(page, "text/html")
    for one in mail.attachments:
        message.attach(one.name, one.content, one.media_type)
    before()
    with without_addresses():
        message.send()


@contextmanager
def without_addresses() -> Iterator[None]:
    """Raise NotSent in place of an error of the mail server, which may quote the recipient: it is logged and stored."""
    try:
        yield
    except SMTPException as error:
        code = getattr(error, "smtp_code", None)
        raise NotSent(f"{type(error).__name__} {code}" if code else type(error).__name__) from None


def remove_sent(*, older_than: timedelta = timedelta(days=30)) -> int:
    """Remove jobs that were done so long ago that no fact can ask for them again; return how many."""
    removed, _ = MailJob.objects.filter(done_at__lt=timezone.now() - older_than).delete()
    return removed
