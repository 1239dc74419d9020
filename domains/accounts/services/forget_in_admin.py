"""What the admin remembers of somebody whose account is erased: its log, its sessions, mails about the account."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as Cookie
from django.db.models import Q
from django.utils import timezone

from domains.accounts.models import User
from domains.accounts.services.mails import KINDS_ABOUT_PEOPLE
from domains.base.models import MailJob
from domains.base.personal_data import ErasedPerson


def forget_in_admin(person: ErasedPerson) -> None:
    """Remove the log's entries about the person, the person's log-ins to the admin, and the mails about the account."""
    about = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(person.user_id))
    if person.email:
        about |= Q(object_repr__icontains=person.email)
    LogEntry.objects.filter(about).delete()
    MailJob.objects.filter(kind__in=KINDS_ABOUT_PEOPLE, source_id=person.user_id).delete()
    cookies = Cookie.objects.filter(expire_date__gt=timezone.now()).iterator()
    theirs = [cookie.pk for cookie in cookies if cookie.get_decoded().get(SESSION_KEY) == str(person.user_id)]
    Cookie.objects.filter(pk__in=theirs).delete()
