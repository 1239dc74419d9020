"""Deleting the caller's account: nobody sees who it was from now on; `erase_accounts` removes what is stored."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from domains.accounts import facts
from domains.accounts.models import Erasure, ProfilePicture, Session, User, UserProfile
from domains.accounts.selectors import find_addresses
from domains.accounts.services.confirm_password import confirm_password
from domains.accounts.services.forget_in_admin import forget_addresses
from domains.accounts.services.lock_actor import lock_actor
from domains.accounts.services.log_out import end_sessions
from domains.accounts.services.set_password import end_requests
from domains.base import bus, personal_data

#: What others read in place of the name until the rows are gone.
NAME_OF_DELETED = "Deleted account"


def delete_account(
    *, actor: User, session: Session | None, password: str, keep_service_records: bool = False, ip_address: str = ""
) -> datetime:
    """The actor's account is closed for good, and everything about the actor is erased soon after; returns since when.

    All sessions have ended, the address is free for a new account, and others see neither name nor profile. Signed
    records of service stay readable with `keep_service_records`, else they answer as revoked. It cannot be undone.
    Refuses with BAD_CREDENTIALS, RATE_LIMITED and CONFLICT (the password was changed just now).
    """
    confirm_password(actor=actor, session=session, password=password, field="password", ip_address=ip_address)
    with transaction.atomic():
        user = lock_actor(actor=actor, session=session, field="password")
        return close_account(user, keep_service_records=keep_service_records).closed_at


def delete_account_of(*, user_id: int) -> bool:
    """The same, for somebody who asked for it by mail; returns whether there was such an account.

    An act of staff, who have made sure who asks.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
        if user is None or Erasure.objects.filter(user_id=user_id).exists():
            return False
        close_account(user, keep_service_records=False)
        return True


def close_account(user: User, *, keep_service_records: bool, says_goodbye: bool = True) -> Erasure:
    """Hide the person whose row is locked, free the address, and queue the erasure; return it. A system act."""
    erasure = Erasure.objects.create(
        user_id=user.pk,
        account_created_at=user.created_at,
        email=user.email if says_goodbye else "",
        files=personal_data.find_files(user.pk),
        keeps_service_records=keep_service_records,
    )
    addresses = find_addresses(user=user)
    personal_data.erase_by_address(addresses)
    forget_addresses(addresses)
    end_requests(user)
    user.sign_up_attempts.all().delete()
    for ways_in in (user.emailaddress_set, user.socialaccount_set, user.authenticator_set):
        ways_in.all().delete()
    end_sessions(user.sessions.all())
    ProfilePicture.objects.filter(user=user).delete()
    UserProfile.objects.filter(user=user).update(bio="", linkedin_url="", website_url="", languages=[], availability=[])
    user.set_unusable_password()
    user.email, user.display_name = f"deleted-{secrets.token_hex(12)}@deleted.invalid", NAME_OF_DELETED
    user.zip_code, user.is_verified = "", False
    user.is_active = user.is_staff = user.is_superuser = False
    user.save()
    bus.publish(facts.AccountDeleted(user_id=user.pk))
    return erasure
