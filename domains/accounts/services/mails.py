"""The mails about accounts.

They go to addresses whose owners may never have heard of this server, because somebody else typed them. So they carry
none of the words that were typed with the address, not even a name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from domains.accounts import tokens
from domains.accounts.models import (
    DataExport,
    DataExportStatus,
    EmailChange,
    LogInProvider,
    PasswordReset,
    SignUpAttempt,
    User,
)
from domains.accounts.second_factors import count_recovery_codes
from domains.accounts.selectors import list_linked_providers
from domains.accounts.tokens import KeyPurpose
from domains.base import mail
from domains.base.models import MailJob

VERIFY_EMAIL, ACCOUNT_EXISTS = "verify_email", "account_exists"
RESET_PASSWORD, PASSWORD_CHANGED = "reset_password", "password_changed"
MFA_TURNED_ON, MFA_TURNED_OFF, RECOVERY_CODE_USED = "mfa_turned_on", "mfa_turned_off", "recovery_code_used"
CODES_GUESSED = "codes_guessed"
PROVIDER_LINKED, PROVIDER_UNLINKED = "provider_linked", "provider_unlinked"
DATA_EXPORT_READY = "data_export_ready"
CHANGE_EMAIL, EMAIL_CHANGE_REQUESTED, EMAIL_CHANGED = "change_email", "email_change_requested", "email_changed"
#: The subjects of mails that tell an account's owner what was done to its log-in; the template has the kind's name.
NOTICES = {
    PASSWORD_CHANGED: "Your password was changed",
    MFA_TURNED_ON: "Your log-in has a second factor",
    MFA_TURNED_OFF: "Your log-in has no second factor any more",
    RECOVERY_CODE_USED: "A recovery code was used",
    CODES_GUESSED: "Somebody tries to log in to your account",
    PROVIDER_LINKED: "Your account has a new way to log in",
    PROVIDER_UNLINKED: "Your account has one way less to log in",
}
#: The kinds of mails whose `source_id` is a person.
KINDS_ABOUT_PEOPLE = (ACCOUNT_EXISTS, *NOTICES)
#: The owner of a proved address gets one mail in this time, however often somebody signs up with it.
ACCOUNT_EXISTS_INTERVAL = timedelta(days=1)


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
    key = tokens.sign_key(KeyPurpose.VERIFY_EMAIL, attempt.pk)
    provider = LogInProvider(attempt.provider).label if attempt.provider else ""
    link = f"{settings.PUBLIC_URL}/verify-email?key={key}"
    context = {"attempt": attempt, "key": key, "link": link, "provider": provider}
    return mail.Mail("accounts/verify_email", "Prove your address", attempt.user.email, context)


@mail.writes(ACCOUNT_EXISTS)
def write_account_exists_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail to the owner of a known address; none if the account is gone."""
    user = User.objects.filter(pk=job.source_id).first()
    return mail.Mail("accounts/account_exists", "You have an account already", user.email) if user else None


@mail.writes(RESET_PASSWORD)
def write_password_reset_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail with the key, or that the address has no account; none if a key was used meanwhile."""
    reset = PasswordReset.objects.filter(pk=job.source_id).first()
    if reset is None:
        return None
    if not User.objects.with_verified_email().filter(email=reset.email, is_active=True).exists():
        return mail.Mail("accounts/no_account", "You have no account with this address", reset.email)
    key = tokens.sign_key(KeyPurpose.RESET_PASSWORD, reset.pk)
    context = {"key": key, "link": f"{settings.PUBLIC_URL}/reset-password?key={key}"}
    return mail.Mail("accounts/reset_password", "Choose a new password", reset.email, context)


@mail.writes(PASSWORD_CHANGED)
@mail.writes(MFA_TURNED_ON)
@mail.writes(MFA_TURNED_OFF)
@mail.writes(RECOVERY_CODE_USED)
@mail.writes(CODES_GUESSED)
@mail.writes(PROVIDER_LINKED)
@mail.writes(PROVIDER_UNLINKED)
def write_notice(job: MailJob) -> mail.Mail | None:
    """Write the mail to the account's owner; none if the account is gone."""
    user = User.objects.filter(pk=job.source_id).first()
    if user is None:
        return None
    context = {
        "at": datetime.fromisoformat(job.occasion),
        "codes_left": count_recovery_codes(user),
        "providers": [one.label for one in list_linked_providers(user_ids=[user.pk]).get(user.pk, [])],
    }
    return mail.Mail(f"accounts/{job.kind}", NOTICES[job.kind], user.email, context)


@mail.writes(CHANGE_EMAIL)
def write_email_change_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail to the new address: with the key, or that another account has it; none if it is over."""
    change = EmailChange.objects.filter(pk=job.source_id, done_at__isnull=True).first()
    if change is None:
        return None
    if User.objects.with_verified_email().filter(email=change.new_email).exists():
        return mail.Mail("accounts/email_taken", "You have an account already", change.new_email)
    key = tokens.sign_key(KeyPurpose.CHANGE_EMAIL, change.pk)
    context = {"key": key, "link": f"{settings.PUBLIC_URL}/verify-email?key={key}"}
    return mail.Mail("accounts/change_email", "Prove your new address", change.new_email, context)


@mail.writes(EMAIL_CHANGE_REQUESTED)
def write_email_change_requested_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail to the old address; none if the request is gone."""
    change = EmailChange.objects.filter(pk=job.source_id).first()
    if change is None:
        return None
    context = {"at": change.created_at}
    return mail.Mail(
        "accounts/email_change_requested", "Request to change your email address", change.old_email, context
    )


@mail.writes(EMAIL_CHANGED)
def write_email_changed_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail to the address that the account had before; none if the row is gone."""
    change = EmailChange.objects.filter(pk=job.source_id).first()
    context = {"at": change.done_at} if change else {}
    return (
        mail.Mail("accounts/email_changed", "Your email address was changed", change.old_email, context)
        if change
        else None
    )


def send_farewell(address: str) -> None:
    """Tell the address that its account was deleted. It is sent at once, since no row that names it stays."""
    mail.send(mail.Mail("accounts/account_deleted", "Your account was deleted", address))


@mail.writes(DATA_EXPORT_READY)
def write_data_export_mail(job: MailJob) -> mail.Mail | None:
    """Write the mail that an export can be fetched; none if it was removed."""
    ready = DataExport.objects.filter(pk=job.source_id, status=DataExportStatus.READY, user__is_active=True)
    export = ready.select_related("user").first()
    if export is None:
        return None
    context = {"until": export.expires_at}
    return mail.Mail("accounts/data_export_ready", "Your data can be downloaded", export.user.email, context)
