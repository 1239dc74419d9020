"""The mails about accounts, each sent once.

They go to addresses whose owners may never have heard of this server, because somebody else typed them. So they carry
none of the words that were typed with the address, not even a name.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from domains.accounts import tokens
from domains.accounts.models import SignUpAttempt, User
from domains.base.mail import send_once

#: However often somebody signs up with it, the owner of a proved address hears of it once in this time.
QUIET_FOR = timedelta(days=1)


def send_verification_mail(*, attempt_id: int) -> None:
    """Mail the key of this attempt, once; nothing happens if the attempt is over. A system act."""
    attempt = SignUpAttempt.objects.select_related("user").filter(pk=attempt_id).first()
    if attempt is None:
        return
    key = tokens.verification_key(attempt.pk)
    send_once(
        f"verify_email:{attempt.pk}",
        template="accounts/verify_email",
        subject="Prove your address",
        to=attempt.user.email,
        context={"attempt": attempt, "key": key, "link": f"{settings.PUBLIC_URL}/verify-email?key={key}"},
    )


def send_account_exists_mail(*, user_id: int) -> None:
    """Tell the owner of an address that somebody tried to sign up with it, once a day. A system act."""
    user = User.objects.get(pk=user_id)
    send_once(
        f"account_exists:{user.pk}",
        template="accounts/account_exists",
        subject="You have an account already",
        to=user.email,
        context={},
        remembered_for=QUIET_FOR,
    )
