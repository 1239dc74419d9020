"""Proving an address by the key from the mail."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.db import transaction

from domains.accounts import facts
from domains.accounts.errors import AccountCode
from domains.accounts.models import User
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.base import bus
from domains.base.errors import Refused


def verify_email(*, key: str) -> OpenSession:
    """Take the address as proved and begin a session. A key works once and for a day; else EXPIRED."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    with transaction.atomic():
        address = (
            EmailAddress.objects.select_for_update()
            .filter(pk=confirmation.email_address.pk, verified=False, user__is_active=True)
            .first()
            if confirmation
            else None
        )
        if address is None:
            raise Refused.because(
                AccountCode.EXPIRED, "This key was used or is too old: sign up again to get a new one.", "key"
            )
        address.verified = True
        address.save(update_fields=["verified"])
        user = User.objects.get(pk=address.user_id)
        bus.publish(facts.EmailVerified(user_id=user.pk))
        return begin_session(user=user)
