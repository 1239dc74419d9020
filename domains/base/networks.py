"""The network address of a client, and what limits count as one client: an IPv4 address, or an IPv6 /64."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

#: Some proxies add the port, which changes with each connection: `192.0.2.1:5060`, `[2001:db8::1]:443`.
WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")
IPV6_PREFIX = 64


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


def client_network(address: str) -> str:
    """Return what counts as one client: the IPv4 address, the IPv6 /64, or the text itself if it is neither."""
    match = WITH_PORT.fullmatch(address)
    text = (match["v6"] or match["v4"]) if match else address
    try:
        ip: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip_network((int(ip), IPV6_PREFIX), strict=False))
