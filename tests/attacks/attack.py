"""What an attack is, and how what it costs is measured."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.live_server import LiveServer

MIB = 1 << 20
#: Repetitions of a refused request: the system tells processor time in steps of 10 ms.
TIMES = 20


@dataclass
class Outcome:
    """What an attack cost the server, and how it was answered."""

    said: str
    #: Bytes of the answer, or what the attack counts instead.
    bytes: int = 0
    #: Milliseconds of processor time for one request, or None where that is not the point.
    cpu: float | None = None
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Attack:
    """A finding, and the limits within which it must stay."""

    finding: str
    act: Callable[[Town], Outcome]
    max_bytes: int = 4 * MIB
    #: Milliseconds of processor time a request may take.
    max_cpu: float | None = None

    def faults(self, outcome: Outcome, *, with_cpu: bool) -> list[str]:
        """Return what is not as it must be."""
        faults = list(outcome.faults)
        if outcome.bytes > self.max_bytes:
            faults.append(f"{outcome.bytes:,} bytes, at most {self.max_bytes:,}")
        if with_cpu and outcome.cpu is not None and self.max_cpu is not None and outcome.cpu > self.max_cpu:
            faults.append(f"{outcome.cpu:.0f} ms of CPU, at most {self.max_cpu:.0f}")
        return faults


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    headers: Any
    body: bytes

    @property
    def codes(self) -> set[str]:
        """The codes of the answer's errors, those of `OperationInfo` among them."""
        answer = json.loads(self.body)
        top = {error["extensions"]["code"] for error in answer.get("errors") or []}
        payloads = [one for one in (answer.get("data") or {}).values() if isinstance(one, dict)]
        return top | {message["code"] for payload in payloads for message in payload.get("messages") or []}


@dataclass
class Town:
    """A running server, and a volunteer's token on it."""

    server: LiveServer
    token: str
    ids: dict[str, str]
    #: Whether processor time counts; if not, each request is sent once.
    with_cpu: bool = True

    def post(self, document: str, variables: Any = None, *, signed_in: bool = False) -> Reply:
        """Send an operation and return the answer, whatever its status."""
        body = json.dumps({"query": document, "variables": variables or {}})
        return self.post_body(body.encode(), signed_in=signed_in)

    def post_body(self, body: bytes, *, signed_in: bool = False) -> Reply:
        """Send a body as it stands."""
        headers = {"Content-Type": "application/json"}
        if signed_in:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.server.url}/graphql/", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Reply(response.status, response.headers, response.read())
        except urllib.error.HTTPError as refused:
            return Reply(refused.code, refused.headers, refused.read())

    def pages_of_roles(self, first: int) -> str:
        """Return a field that asks for the long texts of the host's roles, for so many opportunities."""
        inner = "edges { node { description roles { description } } }"
        return f'host(id: "{self.ids["host"]}") {{ opportunities(first: {first}) {{ {inner} }} }}'

    def cost_of(self, send: Callable[[], Reply], times: int = TIMES) -> tuple[Reply, float]:
        """Return the last answer, and the milliseconds of processor time that each took."""
        reply = send()
        if not self.with_cpu:
            return reply, 0.0
        before = self.server.cpu_seconds()
        for _ in range(times):
            reply = send()
        return reply, (self.server.cpu_seconds() - before) * 1000 / times

    def refusal(self, send: Callable[[], Reply], *codes: str, times: int = TIMES) -> Outcome:
        """Return what a request costs that must be refused with one of the codes."""
        reply, cpu = self.cost_of(send, times)
        faults = [] if reply.codes & set(codes) else [f"answered {sorted(reply.codes)}, not {' or '.join(codes)}"]
        return Outcome(" ".join(sorted(reply.codes)) or "answered", len(reply.body), cpu, faults)
