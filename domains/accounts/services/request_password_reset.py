"""Asking for the key to a new password."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.models import PasswordReset
from domains.accounts.services.known_networks import is_known_network
from domains.base import bus, rates
from domains.base.addresses import parse_address
from domains.base.errors import RateLimited, Refused, problems_of
from domains.base.networks import client_network

#: Requests from one network.
RATE_LIMIT, RATE_SECONDS = 20, 3600
#: How many mails one address gets in a day from one network, and from all networks that its account had no session
#: from; further requests are answered alike, and send none.
MAX_MAILS_PER_NETWORK, MAX_MAILS_PER_DAY = 5, 20
RESET_RETENTION = timedelta(days=1)


def request_password_reset(*, email: str, ip_address: str) -> str:
    """Store the request; a mail to the address follows. Returns the address as it would be stored.

    Whether an account has the address is not looked at here: the answer, the statements and the mail's queue are the
    same. The mail holds the key, or says that the address has no account. Refuses with INVALID and RATE_LIMITED.
    """
    rates.spend(what="password_reset", key=client_network(ip_address), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    try:
        address = parse_address(email)
    except ValidationError as error:
        raise Refused(*problems_of(error, "email")) from None
    with suppress(RateLimited):
        _count_mail(address, client_network(ip_address))
        with transaction.atomic():
            request = PasswordReset.objects.create(email=address)
            bus.publish(facts.PasswordResetRequested(reset_id=request.pk))
    return address


def _count_mail(address: str, network: str) -> None:
    """Count a mail; a network that the account had a session from has a count of its own, which no stranger uses up."""
    day = 24 * 3600
    rates.spend(what="password_reset_from", key=f"{address} {network}", limit=MAX_MAILS_PER_NETWORK, seconds=day)
    if not is_known_network(email=address, network=network):
        rates.spend(what="password_reset_mail", key=address, limit=MAX_MAILS_PER_DAY, seconds=day)


def remove_old_resets() -> int:
    """Remove requests that are older than RESET_RETENTION; return how many. A system act."""
    return PasswordReset.objects.filter(created_at__lt=timezone.now() - RESET_RETENTION).delete()[0]
