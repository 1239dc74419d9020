"""Somebody holds a row for long, and a crowd wants it: they are refused, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.chat import Person
from tests.crowd import Crowd, all_at_once
from tests.graphql_api.opportunities.documents import APPLY_TO_ROLE
from tests.live_server import LiveServer
from tests.sockets import opened

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("crowds")]
Servers = tuple[LiveServer, LiveServer]

CROWD = 40
#: What one waits for a lock (3 s) and, with the crowd before the door, for the machine.
PATIENCE = 3.0


@contextmanager
def held(database_url: str, statement: str) -> Iterator[None]:
    """What the statement locks is held by somebody from outside."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute(statement)
        yield
        connection.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM opportunities_role FOR UPDATE",
        "LOCK TABLE opportunities_application IN EXCLUSIVE MODE",
    ],
    ids=["rows", "table"],
)
def test_those_who_want_it_are_refused_and_all_others_are_served(
    two_servers: Servers, database_url: str, statement: str
) -> None:
    server = two_servers[0]
    crowd = Crowd.at(server, CROWD, requires_approval=False, slots_available=CROWD)
    bystander = Person.log_in(server, "volunteer@demo.example")
    answers: list[Any] = []
    wishes = [(token, {"roleId": crowd.role}) for token in crowd.people]
    with held(database_url, statement):
        rush = threading.Thread(target=lambda: answers.extend(all_at_once([server], APPLY_TO_ROLE, wishes)))
        rush.start()
        time.sleep(1)
        longest = 0.0
        while rush.is_alive():
            began = time.monotonic()
            assert server.ask("{ me { id } }", token=bystander.token)["data"]["me"]
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.1)
    assert Counter(answer.outcome for answer in answers) == {"CONFLICT": CROWD}
    assert longest < PATIENCE
    assert Counter(answer.outcome for answer in all_at_once([server], APPLY_TO_ROLE, wishes)) == {"ACCEPTED": CROWD}


async def test_what_waits_on_one_socket_keeps_no_other_waiting(two_servers: Servers, database_url: str) -> None:
    server = two_servers[0]
    ann = await asyncio.to_thread(Person.log_in, server, "volunteer@demo.example")
    ben = await asyncio.to_thread(Person.log_in, server, "host@demo.example")
    await asyncio.to_thread(ann.start_group, server, ben)
    document = "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }"
    async with opened(server.socket_url) as waiting, opened(server.socket_url) as other:
        await waiting.log_in(ann.token)
        await other.log_in(ben.token)
        with held(database_url, "SELECT 1 FROM accounts_user WHERE email = 'volunteer@demo.example' FOR UPDATE"):
            await waiting.subscribe(document, input={"displayName": "Ann the patient"})
            await asyncio.sleep(0.3)
            began = time.monotonic()
            await other.subscribe("{ me { id } }")
            message = await other.hear(patience=10)
            assert message["payload"]["data"]["me"], message
            assert time.monotonic() - began < PATIENCE / 2
            message = await waiting.hear(patience=10)
            assert message["payload"]["data"]["updateProfile"]["__typename"] == "OperationInfo", message
