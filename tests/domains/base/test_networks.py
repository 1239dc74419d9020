"""Which addresses count as one client."""

from __future__ import annotations

import pytest

from domains.base.networks import client_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:5060", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
        ("999.1.1.1:80", "999.1.1.1:80"),
    ],
)
def test_an_ipv6_client_is_its_network_and_a_port_makes_no_other_client(address: str, network: str) -> None:
    assert client_network(address) == network
