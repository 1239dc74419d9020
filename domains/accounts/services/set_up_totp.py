"""Setting up an authenticator app as second factor: a secret for the app, then a code of it that proves it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction
from django.utils import timezone

from domains.accounts import facts, second_factors
from domains.accounts.errors import AccountCode
from domains.accounts.models import Session, TotpSetup, User
from domains.accounts.second_factors import MfaAdapter
from domains.accounts.services.confirm_password import refuse_old_log_in
from domains.accounts.services.guesses import CODES, limit_guesses
from domains.accounts.services.known_networks import remember_network
from domains.accounts.services.lock_actor import lock_actor
from domains.accounts.services.log_out import end_sessions
from domains.accounts.services.set_password import end_requests
from domains.base import bus, encryption
from domains.base.errors import Code, Refused

#: How long a secret waits for its first code.
SETUP_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True)
class NewSecret:
    """A secret for an authenticator app, in Base32, as the address that apps read, and as a picture of that."""

    secret: str
    otpauth_url: str
    qr_code_svg: str


def start_totp(*, actor: User, session: Session | None) -> NewSecret:
    """Store a new secret for the actor's app, until `confirm_totp`; a later call replaces it.

    Refuses with BAD_CREDENTIALS if the log-in of the session is older than RECENT_LOG_IN, and with CONFLICT if the
    actor has a second factor.
    """
    refuse_old_log_in(session)
    _refuse_second(actor)
    adapter, secret = MfaAdapter(), generate_totp_secret()
    values = {"secret": adapter.encrypt(secret), "created_at": timezone.now()}
    TotpSetup.objects.update_or_create(user=actor, defaults=values)
    url = adapter.build_totp_url(actor, secret)
    return NewSecret(secret, url, adapter.build_totp_svg(url))


def confirm_totp(*, actor: User, session: Session | None, code: str, ip_address: str) -> list[str]:
    """The actor's log-ins need a second factor from now on; returns the recovery codes, which are shown only now.

    The actor's other sessions end, and a mail tells the actor. Refuses with BAD_CREDENTIALS if the code is not one of
    the secret of `start_totp`, EXPIRED if that is too long ago, CONFLICT and RATE_LIMITED.
    """
    _refuse_second(actor)
    _find_secret(actor)
    with limit_guesses(email=actor.email, ip_address=ip_address, limits=CODES), transaction.atomic():
        user = lock_actor(actor=actor, session=session)
        _refuse_second(user)
        return _turn_on(user, _find_secret(user), code, session, ip_address)


def turn_on_second_factor(*, user_id: int, secret: str, code: str) -> list[str]:
    """The same, for an operator beside whom the person sits; all sessions end."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        _refuse_second(user)
        return _turn_on(user, secret, code, None, "")


def _turn_on(user: User, secret: str, code: str, session: Session | None, ip_address: str) -> list[str]:
    step = second_factors.find_step(secret, code)
    if step is None:
        sentence = "This is not the present code of your app: wait for the next one, and check the phone's clock."
        raise Refused.because(AccountCode.BAD_CREDENTIALS, sentence, "code")
    TotpSetup.objects.filter(user=user).delete()
    codes = second_factors.turn_on(user, secret, step)
    # What somebody with the password alone may have begun: sessions, keys in mails, networks that count as known.
    end_sessions(user.sessions.exclude(pk=session.pk) if session else user.sessions.all())
    end_requests(user)
    user.known_networks.all().delete()
    remember_network(user=user, ip_address=ip_address)
    bus.publish(facts.MfaTurnedOn(user_id=user.pk, at=timezone.now().isoformat()))
    return codes


def remove_old_setups() -> int:
    """Remove secrets that no code confirmed in time; return how many. A system act."""
    return TotpSetup.objects.filter(created_at__lt=timezone.now() - SETUP_LIFETIME).delete()[0]


def _find_secret(user: User) -> str:
    setup = TotpSetup.objects.filter(user=user, created_at__gt=timezone.now() - SETUP_LIFETIME).first()
    if setup is None:
        raise _no_setup()
    try:
        return MfaAdapter().decrypt(setup.secret)
    except encryption.Undecipherable:
        raise _no_setup() from None


def _no_setup() -> Refused:
    return Refused.because(AccountCode.EXPIRED, "There is no new secret that waits for a code: call startTotp first.")


def _refuse_second(user: User) -> None:
    if second_factors.has_second_factor(user):
        sentence = "You have a second factor already: to set up another app, turn it off first with disableMfa."
        raise Refused.because(Code.CONFLICT, sentence)
