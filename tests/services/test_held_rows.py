"""Somebody holds a row or a table for long, and a crowd wants it: it is refused, and nobody else waits behind it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import pytest

from graphql_api.relay.ids import read_id
from tests.chat import Person
from tests.crowd import Crowd
from tests.live_server import LiveServer
from tests.sockets import opened
from tests.trouble import apply_all, held, rush, update_profiles

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("crowds")]
Servers = tuple[LiveServer, LiveServer]

CROWD = 40
#: What one waits for a lock (3 s) and, with the crowd before the door, for the machine.
PATIENCE = 3.0


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
    others = Crowd.at(server, CROWD)
    with held(database_url, statement), rush(server, crowd, database_url) as answers:
        for _ in range(2):
            unrelated = update_profiles(server, others)
            assert Counter(answer.outcome for answer in unrelated) == {"User": CROWD}
            assert server.ask("{ me { id } }", token=others.owner)["data"]["me"]
    assert Counter(answer.outcome for answer in answers) == {"CONFLICT": CROWD}
    again = apply_all(server, crowd)
    assert Counter(answer.outcome for answer in again) == {"ACCEPTED": CROWD}


def test_another_row_of_the_same_table_is_not_waited_for(two_servers: Servers, database_url: str) -> None:
    server = two_servers[0]
    wanted, other = (Crowd.at(server, CROWD, requires_approval=False, slots_available=CROWD) for _ in range(2))
    _, key = read_id(wanted.role) or ("", 0)
    statement = f"SELECT 1 FROM opportunities_role WHERE id = {key} FOR UPDATE"
    with held(database_url, statement), rush(server, wanted, database_url) as answers:
        free = apply_all(server, other)
        assert Counter(answer.outcome for answer in free) == {"ACCEPTED": CROWD}
    assert Counter(answer.outcome for answer in answers) == {"CONFLICT": CROWD}


def test_a_row_that_is_held_for_a_moment_refuses_nobody(two_servers: Servers, database_url: str) -> None:
    server = two_servers[0]
    crowd = Crowd.at(server, CROWD, requires_approval=False, slots_available=CROWD)
    with contextlib.ExitStack() as stack:
        hold = stack.enter_context(contextlib.ExitStack())
        hold.enter_context(held(database_url, "SELECT 1 FROM opportunities_role FOR UPDATE"))
        answers = stack.enter_context(rush(server, crowd, database_url))
        hold.close()
    assert Counter(answer.outcome for answer in answers) == {"ACCEPTED": CROWD}


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
            await other.subscribe("{ me { id } }")
            message = await other.hear()
            assert message["payload"]["data"]["me"], message
            message = await waiting.hear()
            assert message["payload"]["data"]["updateProfile"]["__typename"] == "OperationInfo", message
