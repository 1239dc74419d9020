"""Logging in with the account of another provider, and signing up with it."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.errors import AccountCode
from domains.accounts.models import User, UserProfile
from domains.accounts.providers.identify import MAX_URL_LENGTH, Identity, Proof
from domains.accounts.services.begin_session import OpenSession
from domains.accounts.services.complete_mfa import MfaChallenge, begin_session_or_challenge
from domains.accounts.services.link_provider import add_link, find_link, publish_linked
from domains.accounts.services.prove_identity import prove_identity, use_up
from domains.accounts.services.sign_up import lock_account, mark_verified, store_attempt
from domains.accounts.services.update_profile import LINKEDIN_URL
from domains.base import bus, rates
from domains.base.errors import Code, Refused
from domains.base.networks import client_network
from domains.base.texts import line_problems

#: Of people whose provider says no name that can be shown.
UNNAMED = "New volunteer"
MAX_LINKEDIN_LENGTH = UserProfile._meta.get_field("linkedin_url").max_length or 0


def log_in_with_provider(*, proof: Proof, device_name: str = "", ip_address: str = "") -> OpenSession | MfaChallenge:
    """Begin a session of the person whom the provider vouches for, or ask for the second factor.

    See `account_of` for whose account it is, and `prove_identity` for further refusals.
    """
    identity = prove_identity(proof=proof, ip_address=ip_address)
    with transaction.atomic():
        use_up(identity)
        user = account_of(identity, ip_address=ip_address)
        if user is not None:
            return begin_session_or_challenge(user=user, device_name=device_name, ip_address=ip_address)
    raise must_prove_address()


def account_of(identity: Identity, *, ip_address: str) -> User | None:
    """Return the account that belongs to the identity, locked; None where a mail has to prove the address first.

    It is the account that is linked to the identity, whatever the addresses; else the one with the same address, which
    is linked now, if provider and account have both proved it; else a new one. If the provider does not vouch for the
    address, the identity waits, like any sign-up, for the key from the mail: nobody learns whether there is an account.

    Call it in a transaction. Refuses with BAD_CREDENTIALS (closed), REQUIRED (no address), CONFLICT (an account of the
    staff, or one that is linked to another account of the provider) and RATE_LIMITED.
    """
    linked = find_link(identity)
    if linked is not None:
        return _lock_linked(linked)
    rates.spend(what="sign_up", key=client_network(ip_address), limit=settings.SIGN_UPS_PER_HOUR, seconds=3600)
    requested = _requested(identity)
    if not identity.is_email_verified:
        store_attempt(requested, provider=identity.provider.value, provider_uid=identity.uid)
        return None
    user = lock_account(requested)
    if linked := find_link(identity):  # by a log-in that ran at once
        return _lock_linked(linked)
    if not user.is_active:
        raise _closed()
    if user.is_staff:
        sentence = f"Log in with your password first, then link your account at {identity.provider.label}."
        raise Refused.because(Code.CONFLICT, sentence)
    if user.is_email_verified:
        add_link(user, identity)
        publish_linked(user, identity)
    elif user.has_usable_password() or user.sessions.exists():
        # Its address was never proved, or was changed by staff.
        store_attempt(requested, provider=identity.provider.value, provider_uid=identity.uid)
        return None
    else:
        adopt(user, requested, identity)
    return user


def adopt(user: User, requested: User, identity: Identity) -> None:
    """The account that nobody has proved yet belongs to the person of the identity; attempts to sign up end."""
    user.sign_up_attempts.all().delete()
    taken = ("display_name", "password", "user_type", "zip_code")  # nothing stays of what a stranger typed
    for name in taken:
        setattr(user, name, getattr(requested, name))
    user.save(update_fields=taken)
    mark_verified(user)
    said = {"picture": identity.picture_url if len(identity.picture_url) <= MAX_URL_LENGTH else ""}
    add_link(user, identity, **said)
    if len(identity.profile_url) <= MAX_LINKEDIN_LENGTH and LINKEDIN_URL.fullmatch(identity.profile_url):
        user.profile.linkedin_url = identity.profile_url
        user.profile.save(update_fields=["linkedin_url"])
    bus.publish(facts.EmailVerified(user_id=user.pk))
    bus.publish(facts.SignedUpWithProvider(user_id=user.pk))


def must_prove_address() -> Refused:
    """Return the refusal of a log-in whose address no provider vouches for; a mail was sent."""
    sentence = (
        "Prove your address first: follow the mail that you got. If you have an account here already, log in to that "
        "one, and link this log-in there."
    )
    return Refused.because(AccountCode.EMAIL_NOT_VERIFIED, sentence)


def _requested(identity: Identity) -> User:
    if identity.email is None:
        sentence = f"{identity.provider.label} gave no email address: allow it there, or sign up with a password."
        raise Refused.because(Code.REQUIRED, sentence)
    name = " ".join(identity.display_name.split())[:80]
    shown = name if name and not line_problems(name, "display_name") else UNNAMED
    return User(email=identity.email, display_name=shown, password=make_password(None))


def _lock_linked(linked: SocialAccount) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=linked.user_id, is_active=True).first()
    if user is None or not SocialAccount.objects.filter(pk=linked.pk).update(last_login=timezone.now()):
        raise _closed()
    return user


def _closed() -> Refused:
    return Refused.because(AccountCode.BAD_CREDENTIALS, "This account is closed, or was unlinked just now.")
