"""The network address of the client; forwarding headers count only if a trusted proxy sent them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings


def client_address(peer: str, forwarded_for: str) -> str:
    """Return the address of the client.

    `peer` is the other end of the connection. If it is one of TRUSTED_PROXIES, the `X-Forwarded-For` header is read
    from its right end, up to the first address that is not such a proxy.
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
