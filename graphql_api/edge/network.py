"""Whose request it is, as far as the network tells: forwarding headers count only from trusted proxies."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings


def client_address(peer: str, forwarded_for: str) -> str:
    """Return the address of the client.

    `peer` is the other end of the connection. Only if it is one of TRUSTED_PROXIES is the
    `X-Forwarded-For` header read, from its right end, up to the first address that is no such proxy.
    """
    address = peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while hops and _is_trusted(address):
        address = hops.pop()
    return address


def _is_trusted(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES)
