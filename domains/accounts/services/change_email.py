"""Changing the address of the caller's account: requested here, done by `verify_email` with the key from the mail."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.models import EmailChange, Session, User
from domains.accounts.services.confirm_password import confirm_password
from domains.accounts.services.lock_actor import lock_actor
from domains.base import bus, rates
from domains.base.addresses import parse_address
from domains.base.errors import Code, RateLimited, Refused, problems_of

#: Requests of one account, each of which sends two mails.
RATE_LIMIT, RATE_SECONDS = 5, 24 * 3600
#: How many mails one address gets in a day, from all accounts; further requests are answered alike, and do nothing.
MAX_MAILS_PER_DAY = 5
CHANGE_RETENTION = timedelta(days=30)


def change_email(*, actor: User, session: Session | None, new_email: str, password: str, ip_address: str = "") -> str:
    """Store the request; the new address gets a mail with a key for `verify_email`, the old one a notice.

    Returns the new address as it will be stored. An address that has an account already is answered alike: its mail
    says so, and holds no key. A later request takes the place of an earlier one. Refuses with INVALID,
    BAD_CREDENTIALS and RATE_LIMITED.
    """
    try:
        address = parse_address(new_email)
    except ValidationError as error:
        raise Refused(*problems_of(error, "new_email")) from None
    if address == actor.email:
        raise Refused.because(Code.INVALID, "This is already your address.", "new_email")
    confirm_password(actor=actor, session=session, password=password, field="password", ip_address=ip_address)
    rates.spend(what="change_email", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    try:
        rates.spend(what="change_email_mail", key=address, limit=MAX_MAILS_PER_DAY, seconds=RATE_SECONDS)
    except RateLimited:
        return address
    with transaction.atomic():
        user = lock_actor(actor=actor, session=session, field="password")
        user.email_changes.filter(done_at__isnull=True).delete()
        change = user.email_changes.create(old_email=user.email, new_email=address)
        bus.publish(facts.EmailChangeRequested(change_id=change.pk))
    return address


def remove_old_changes() -> int:
    """Remove requests that are older than CHANGE_RETENTION; return how many. A system act."""
    return EmailChange.objects.filter(created_at__lt=timezone.now() - CHANGE_RETENTION).delete()[0]
