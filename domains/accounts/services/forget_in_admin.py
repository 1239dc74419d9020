"""What the admin remembers of somebody whose account is erased: its log, its sessions, mails about the account."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as Cookie
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from domains.accounts.services.mails import KINDS_ABOUT_PEOPLE
from domains.base.models import MailJob
from domains.base.personal_data import ErasedPerson, find_registered

#: What the log says in place of an address.
ERASED = "(erased)"


def forget_addresses(addresses: Iterable[str]) -> None:
    """Take the addresses out of the admin's log, which names rows of others by them too."""
    for address in addresses:
        # As a whole: joann@example.org is somebody else than ann@example.org.
        whole = re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", re.IGNORECASE)
        entries = LogEntry.objects.filter(Q(object_repr__icontains=address) | Q(change_message__icontains=address))
        for entry in entries:
            entry.object_repr = whole.sub(ERASED, entry.object_repr)
            entry.change_message = whole.sub(ERASED, entry.change_message)
            entry.save(update_fields=["object_repr", "change_message"])


def forget_rows(person: ErasedPerson) -> None:
    """Remove the log's entries about the rows that go with the person, while those rows are there. A system act."""
    logged = set(LogEntry.objects.order_by().values_list("content_type", flat=True).distinct())
    for rows in find_registered():
        kind = ContentType.objects.get_for_model(rows.model)
        if kind.pk in logged and rows.goes_with_person:
            keys = rows.find(user_id=person.user_id).annotate(key=Cast("pk", TextField())).values("key")
            LogEntry.objects.filter(content_type=kind, object_id__in=keys).delete()


def forget_in_admin(person: ErasedPerson) -> None:
    """Remove the person's log-ins to the admin, and the mails about the account.

    A system act, in the transaction in which the person's rows go.
    """
    MailJob.objects.filter(kind__in=KINDS_ABOUT_PEOPLE, source_id=person.user_id).delete()
    cookies = Cookie.objects.filter(expire_date__gt=timezone.now()).iterator()
    theirs = [cookie.pk for cookie in cookies if cookie.get_decoded().get(SESSION_KEY) == str(person.user_id)]
    Cookie.objects.filter(pk__in=theirs).delete()
