"""The mails about accounts.

They go to addresses whose owners may never have heard of this server, because somebody else typed them. So they carry
none of the words that were typed with the address, not even a name.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from domains.accounts import tokens
from domains.accounts.models import SignUpAttempt, User
from domains.base import mail
from domains.base.models import MailJob

VERIFY_EMAIL, ACCOUNT_EXISTS = "verify_email", "account_exists"
#: The owner of a proved address gets one mail in this time, however often somebody signs up with it.
ACCOUNT_EXISTS_INTERVAL = timedelta(days=1)


def queue_verification_mail(*, attempt_id: int) -> None:
    """Queue the mail with the key of this attempt, once. A system act."""
    mail.enqueue(kind=VERIFY_EMAIL, source_id=attempt_id)


def queue_account_exists_mail(*, user_id: int) -> None:
    """Queue the mail that somebody tried to sign up with the address, once a day. A system act."""
    if not mail.was_queued(kind=ACCOUNT_EXISTS, source_id=user_id, within=ACCOUNT_EXISTS_INTERVAL):
        mail.enqueue(kind=ACCOUNT_EXISTS, source_id=user_id, occasion=timezone.now().date().isoformat())


@mail.writes(VERIFY_EMAIL)
def write_verification_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail with the key of an attempt; none if the attempt is over."""
    attempt = SignUpAttempt.objects.select_related("user").filter(pk=job.source_id).first()
    if attempt is None:
        return None
    key = tokens.verification_key(attempt.pk)
    context = {"attempt": attempt, "key": key, "link": f"{settings.PUBLIC_URL}/verify-email?key={key}"}
    return mail.Mail("accounts/verify_email", "Prove your address", attempt.user.email, context)


@mail.writes(ACCOUNT_EXISTS)
def write_account_exists_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail to the owner of a known address; none if the account is gone."""
    user = User.objects.filter(pk=job.source_id).first()
    return mail.Mail("accounts/account_exists", "You have an account already", user.email) if user else None
