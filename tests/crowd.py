"""A crowd at the door: many people with sessions of their own, who act through the API at the same moment."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.live_server import LiveServer

#: Makes people and an open role in the server's database; prints the role's id and the people's tokens.
_MAKE = """
import json
from uuid import uuid4
from domains.accounts.models import Session
from domains.accounts import tokens
from tests.api import gid
from tests.factories import ApplicationFactory, HostMembershipFactory, RoleFactory, UserFactory
def person():
    return UserFactory(email=uuid4().hex + "@crowd.example", password=None)
role = RoleFactory({role})
people = [person() for _ in range({number})]
owner = person()
HostMembershipFactory(host=role.opportunity.host, user=owner, role="OWNER")
applied = [gid(ApplicationFactory(role=role, volunteer=person)) for person in people] if {applied} else []
def token(person):
    return tokens.issue_tokens(Session.objects.create(user=person)).access_token
print(json.dumps(dict(
    role=gid(role), applications=applied, owner=token(owner), people=[token(person) for person in people]
)))
"""


@dataclass(frozen=True)
class Crowd:
    """A role, those who want a place in it, and who decides."""

    role: str
    owner: str
    people: list[str]
    applications: list[str]

    @classmethod
    def at(cls, server: LiveServer, number: int, *, applied: bool = False, **role: Any) -> Crowd:
        """Make one in the server's database; `applied` lets everybody have applied already."""
        arguments = ", ".join(f"{name}={value!r}" for name, value in role.items())
        made = server.run(_MAKE.format(role=arguments, number=number, applied=applied))
        return cls(**json.loads(made))


@dataclass(frozen=True)
class Answer:
    """What one of the crowd got, and after how long."""

    status: int
    body: dict[str, Any]
    seconds: float

    @property
    def outcome(self) -> str:
        """The application's status, or the first code of a refusal, or what else went wrong."""
        if self.status != 200 or "errors" in self.body:
            return f"{self.status} {json.dumps(self.body)[:200]}"
        (payload,) = self.body["data"].values()
        return str(payload["status"] if "status" in payload else payload["messages"][0]["code"])


def all_at_once(
    servers: Sequence[LiveServer], document: str, requests: Sequence[tuple[str, dict[str, Any]]]
) -> list[Answer]:
    """Send each request, a token and an input, at the same moment, to the servers in turn."""
    start = threading.Barrier(len(requests))

    def send(number: int) -> Answer:
        token, wish = requests[number]
        body = json.dumps({"query": document, "variables": {"input": wish}}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"{servers[number % len(servers)].url}/graphql/", body, headers)
        start.wait(timeout=60)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as refused:
            status, text = refused.code, refused.read()
        return Answer(status, json.loads(text), time.monotonic() - began)

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(send, range(len(requests))))


def settled(
    servers: Sequence[LiveServer], document: str, requests: Sequence[tuple[str, dict[str, Any]]]
) -> list[Answer]:
    """The same; a request refused with CONFLICT, by a server too busy for all at once, is sent again as it says."""
    answers = all_at_once(servers, document, requests)
    while again := [number for number, answer in enumerate(answers) if answer.outcome == "CONFLICT"]:
        for number, answer in zip(again, all_at_once(servers, document, [requests[one] for one in again]), strict=True):
            answers[number] = answer
    return answers


def worst(answers: Sequence[Answer]) -> dict[str, float]:
    """Return the median, the 99th percentile and the longest of the times, in seconds."""
    times = sorted(answer.seconds for answer in answers)
    return {"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99) - 1], "max": times[-1]}
