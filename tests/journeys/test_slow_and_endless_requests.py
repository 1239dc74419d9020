"""Requests whose head does not end: by size or by time, the connection does, and nobody else waits."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from config.http import MAX_HEAD_BYTES, RECEIVE_TIMEOUT_SECONDS
from tests.journeys.test_large_bodies import send_on_and_on
from tests.live_server import LiveServer


def connection_to(server: LiveServer) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=RECEIVE_TIMEOUT_SECONDS + 60)
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
    return connection


@pytest.mark.parametrize("start", [b"X-Endless: ", b""], ids=["one header", "many headers"])
def test_a_head_without_end_is_cut(community_server: LiveServer, start: bytes) -> None:
    piece = b"x" * 1024 if start else b"X-A: b\r\n" * 128
    with connection_to(community_server) as connection:
        connection.sendall(start)
        with pytest.raises(ConnectionError):
            send_on_and_on(connection, piece, at_most=1000 * MAX_HEAD_BYTES)
    assert urllib.request.urlopen(f"{community_server.url}/healthz", timeout=2).status == 200


def test_a_head_that_takes_for_ever_is_cut(community_server: LiveServer) -> None:
    with connection_to(community_server) as connection:
        assert connection.recv(100) == b""


def test_a_connection_serves_one_request_after_another(community_server: LiveServer) -> None:
    with connection_to(community_server) as connection:
        for _ in range(3):
            connection.sendall(b"\r\n")
            answer = b""
            while b'"ok"' not in answer:
                answer += connection.recv(4096)
            assert b"200 OK" in answer
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
