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

#: Makes people with tokens in the server's database.
_PEOPLE = """
import json
from uuid import uuid4
from domains.accounts.models import Session
from domains.accounts import tokens
from tests.api import gid
from tests.factories import (
    ApplicationFactory, EventFactory, EventTicketFactory, HostMembershipFactory, RoleFactory, UserFactory
)
def person():
    return UserFactory(email=uuid4().hex + "@crowd.example", password=None)
def token(person):
    return tokens.issue_tokens(Session.objects.create(user=person)).access_token
people = [person() for _ in range({number})]
owner = person()
def say(host, **made):
    HostMembershipFactory(host=host, user=owner, role="OWNER")
    print(json.dumps(dict(owner=token(owner), people=[token(person) for person in people], **made)))
"""
#: Makes an open role; prints the role's id and the people's tokens.
_ROLE = """
role = RoleFactory({fields})
applied = [gid(ApplicationFactory(role=role, volunteer=person)) for person in people] if {applied} else []
say(role.opportunity.host, role=gid(role), applications=applied)
"""
#: Makes an event, with an ISSUED ticket for each of the first people and a WAITLISTED one for the next.
_EVENT = """
event = EventFactory(host=owner, {fields})
kinds = ["ISSUED"] * {issued} + ["WAITLISTED"] * {waiting}
tickets = [gid(EventTicketFactory(event=event, attendee=one, status=kind)) for one, kind in zip(people, kinds)]
say(event.organization, event=gid(event), tickets=tickets)
"""


def _fields(given: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in given.items())


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
        script = _PEOPLE.format(number=number) + _ROLE.format(fields=_fields(role), applied=applied)
        return cls(**json.loads(server.run(script)))


@dataclass(frozen=True)
class EventCrowd:
    """An event, the people who want a ticket to it, and its organizer."""

    event: str
    owner: str
    people: list[str]
    #: The tickets of the first people.
    tickets: list[str]

    @classmethod
    def at(cls, server: LiveServer, number: int, *, issued: int = 0, waiting: int = 0, **event: Any) -> EventCrowd:
        """Make one in the server's database, in which the first people have tickets already."""
        script = _PEOPLE.format(number=number) + _EVENT.format(fields=_fields(event), issued=issued, waiting=waiting)
        return cls(**json.loads(server.run(script)))


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
