"""The networks from which an account had a session: few of each, as keyed hashes, for a limited time."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from domains.accounts import tokens
from domains.accounts.models import KnownNetwork, User
from domains.base.networks import client_network

#: How many networks are kept for an account, the newest ones.
MAX_KNOWN_NETWORKS = 20
NETWORK_RETENTION = timedelta(days=90)


def is_known_network(*, email: str, network: str) -> bool:
    """Return whether the account of the address had a session from the network; one statement for any address."""
    digests = tokens.network_digests(email=email, network=network)
    return KnownNetwork.objects.filter(user__email=email, digest__in=digests).exists()


def remember_network(*, user: User, ip_address: str) -> None:
    """Store the network of this address as known to the account; an empty address stores nothing."""
    if not ip_address:
        return
    digest = tokens.network_digests(email=user.email, network=client_network(ip_address))[0]
    KnownNetwork.objects.bulk_create(
        [KnownNetwork(user=user, digest=digest, seen_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["user", "digest"],
        update_fields=["seen_at"],
    )
    surplus = user.known_networks.order_by("-seen_at", "-pk").values("pk")[MAX_KNOWN_NETWORKS:]
    KnownNetwork.objects.filter(pk__in=surplus).delete()


def remove_old_networks() -> int:
    """Remove networks that had no session for NETWORK_RETENTION; return how many. A system act."""
    return KnownNetwork.objects.filter(seen_at__lt=timezone.now() - NETWORK_RETENTION).delete()[0]
