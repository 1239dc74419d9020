"""The end of a socket whose client answers no pings: by a code after which clients come back, and for certain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from websockets.protocol import State
from websockets.server import ServerProtocol

from config.sockets import CLOSE_TIMEOUT_SECONDS, Protocol

#: After these codes, and after every other below 2000 but a few, `graphql-ws` never comes back.
FINAL_TO_GRAPHQL_WS = {4500, 4005, 4400, 4004, 4401, 4406, 4409, 4429}
NOT_FINAL = {1000, 1001, 1005, 1006, 1012, 1013, 1014}


def test_a_client_that_slept_comes_back() -> None:
    protocol: Any = Protocol.__new__(Protocol)
    written: list[bytes] = []
    later: list[tuple[float, Any]] = []
    calls: list[str] = []
    protocol.conn = ServerProtocol()
    protocol.conn.state = State.OPEN
    protocol.close_sent = False
    protocol.transport = SimpleNamespace(
        is_closing=lambda: False,
        write=written.append,
        close=lambda: calls.append("close"),
        abort=lambda: calls.append("abort"),
    )
    protocol.loop = SimpleNamespace(call_later=lambda delay, act: later.append((delay, act)))
    protocol.keepalive_timeout()
    frame = b"".join(written)
    code = int.from_bytes(frame[2:4], "big")
    assert code in NOT_FINAL
    assert code not in FINAL_TO_GRAPHQL_WS
    assert calls == ["close"]
    ((delay, act),) = later
    act()
    assert (delay, calls) == (CLOSE_TIMEOUT_SECONDS, ["close", "abort"])
    protocol.keepalive_timeout()
    assert calls == ["close", "abort"], "it ends once"
