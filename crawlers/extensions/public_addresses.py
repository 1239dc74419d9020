"""Restricts crawlers to public addresses, for every host name and every redirect.

The check is in the resolver: Twisted connects to exactly the addresses that the resolver returns, so no second lookup
can return another address (DNS rebinding). Redirects and robots.txt use the same resolver.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

logger = logging.getLogger(__name__)

#: IPv6 addresses that a translator maps to IPv4 addresses (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether the address, and any IPv4 address embedded in it, is on the public internet."""
    found = ip_address(address.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (found, *_wrapped(found)))


def _wrapped(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Collects the addresses of a name until all are known; a single private address makes the name fail."""

    def __init__(self, receiver: Any, name: str) -> None:
        self.receiver = receiver
        self.name = name
        self.addresses: list[Any] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 - Twisted's name
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        self.addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        hidden = [address.host for address in self.addresses if not is_public(address.host)]
        if hidden:
            logger.warning("Blocked %r: %s is not a public address.", self.name, hidden[0])
        else:
            for address in self.addresses:
                self.receiver.addressResolved(address)
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicAddressResolver:
    """The reactor's resolver, which refuses names with private addresses."""

    def __init__(self, reactor: Any, allowed: Collection[str]) -> None:
        self.reactor = reactor
        self.resolver = reactor.nameResolver
        self.allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: object, reactor: Any) -> PublicAddressResolver:  # noqa: ARG003 - Scrapy's signature
        """Return the wrapper of this reactor's resolver."""
        return cls(reactor, frozenset(settings.CRAWL_ALLOWED_PRIVATE))

    def install_on_reactor(self) -> None:
        """Make the reactor use this resolver for every connection."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803 - Twisted's name
        hostName: str,  # noqa: N803 - Twisted's name
        portNumber: int = 0,  # noqa: N803 - Twisted's name
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803 - Twisted's name
        transportSemantics: str = "TCP",  # noqa: N803 - Twisted's name
    ) -> IHostResolution:
        """Resolve the name, and pass only public addresses to the receiver."""
        receiver: Any = resolutionReceiver
        if f"{hostName}:{portNumber}" not in self.allowed:
            receiver = _PublicOnly(resolutionReceiver, hostName)
        resolution: IHostResolution = self.resolver.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution
