"""The client network that limits count: an IPv4 address, or the /64 network of an IPv6 customer."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

#: Some proxies add the port, which changes with each connection: `192.0.2.1:5060`, `[2001:db8::1]:443`.
WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")
IPV6_PREFIX = 64


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
