"""Whose request it is: forwarding headers count only from proxies that are trusted."""

from __future__ import annotations

import pytest

from domains.base.networks import client_address


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "client"),
    [
        ([], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.0/8"], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.2", "198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.2", "", "10.0.0.2"),
        (["10.0.0.0/8"], "10.0.0.2", "junk", "junk"),
        (["::1/128"], "::1", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_last_address_that_is_no_trusted_proxy_is_the_client(settings, proxies, peer, forwarded, client) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(peer, forwarded) == client
