# ruff: noqa: N802, N803 - the names are Twisted's
"""The guard of the crawlers: connections go to public addresses only."""

from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawlers.extensions.public_addresses import PublicAddressResolver, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::6810:1", "64:ff9b::808:808"])
def test_the_public_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe"),
    ],
)
def test_everything_else_is_not(address):
    assert not is_public(address)


class _Receiver:
    def __init__(self):
        self.addresses = []
        self.is_complete = False

    def resolutionBegan(self, resolution):
        pass

    def addressResolved(self, address):
        self.addresses.append(address.host)

    def resolutionComplete(self):
        self.is_complete = True


class _Reactor:
    """A reactor whose names resolve as a test says."""

    def __init__(self, *addresses):
        self.addresses = addresses
        self.nameResolver = self

    def installNameResolver(self, resolver):
        self.nameResolver = resolver

    def resolveHostName(self, receiver, hostName, portNumber, addressTypes, transportSemantics):
        for host in self.addresses:
            kind = IPv6Address if ":" in host else IPv4Address
            receiver.addressResolved(kind("TCP", host, portNumber))
        receiver.resolutionComplete()
        return self


def _resolved(reactor, name="helpers.example", port=443):
    PublicAddressResolver.from_crawler(None, reactor).install_on_reactor()
    receiver = _Receiver()
    reactor.nameResolver.resolveHostName(receiver, name, port)
    assert receiver.is_complete
    return receiver.addresses


def test_a_name_leads_to_its_public_addresses():
    assert _resolved(_Reactor("8.8.8.8", "2606:4700::6810:1")) == ["8.8.8.8", "2606:4700::6810:1"]


def test_one_private_address_spoils_the_name():
    assert _resolved(_Reactor("8.8.8.8", "10.0.0.1")) == []
    assert _resolved(_Reactor("::ffff:169.254.169.254")) == []


def test_an_allowed_server_is_allowed_on_its_port_only(settings):
    settings.CRAWL_ALLOWED_PRIVATE = ["127.0.0.1:8000"]

    assert _resolved(_Reactor("127.0.0.1"), "127.0.0.1", 8000) == ["127.0.0.1"]
    assert _resolved(_Reactor("127.0.0.1"), "127.0.0.1", 6379) == []
    assert _resolved(_Reactor("127.0.0.1"), "rebound.example", 8000) == []
