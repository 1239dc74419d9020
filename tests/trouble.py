"""What makes requests wait: a row or table that somebody holds, and people who upload to a storage that hangs."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg

from tests import multipart
from tests.crowd import Answer, Crowd, all_at_once
from tests.graphql_api.opportunities.documents import APPLY_TO_ROLE
from tests.live_server import LiveServer
from tests.processes import SilentStorage

UPDATE_PROFILE = "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { status: __typename } }"


def update_profiles(server: LiveServer, crowd: Crowd) -> list[Answer]:
    """Let everybody of the crowd change their profile at the same moment: a small write that nothing else waits for."""
    return all_at_once([server], UPDATE_PROFILE, [(token, {"bio": "I wait."}) for token in crowd.people])


def apply_all(server: LiveServer, crowd: Crowd) -> list[Answer]:
    """Let everybody of the crowd apply for its role at the same moment."""
    return all_at_once([server], APPLY_TO_ROLE, [(token, {"roleId": crowd.role}) for token in crowd.people])


@contextmanager
def held(database_url: str, statement: str) -> Iterator[None]:
    """Hold what the statement locks from a connection of its own."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute(statement)
        yield
        connection.rollback()


@contextmanager
def rush(server: LiveServer, crowd: Crowd, database_url: str) -> Iterator[list[Answer]]:
    """Let the crowd apply in the background until the first of it waits for a lock; the list fills when it is over."""
    answers: list[Answer] = []
    at_once = threading.Thread(target=lambda: answers.extend(apply_all(server, crowd)))
    at_once.start()
    await_waiting(database_url)
    yield answers
    at_once.join()


def await_waiting(database_url: str) -> None:
    """Wait until a connection to the database waits for a lock."""
    question = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + 60
    with psycopg.connect(database_url, autocommit=True) as connection:
        while not connection.execute(question).fetchone():
            assert time.monotonic() < until
            time.sleep(0.02)


@contextmanager
def uploads(server: LiveServer, tokens: Sequence[str], storage: SilentStorage) -> Iterator[None]:
    """Let each of the people upload a resume again and again; all of them wait for the storage when it yields."""
    is_over = threading.Event()

    def keep_uploading(token: str) -> None:
        while not is_over.is_set():
            _upload(server, token)

    with ThreadPoolExecutor(len(tokens)) as threads:
        uploading = [threads.submit(keep_uploading, token) for token in tokens]
        try:
            while storage.asked < len(tokens):
                assert not any(one.done() for one in uploading)
                time.sleep(0.02)
            yield
        finally:
            is_over.set()


def _upload(server: LiveServer, token: str) -> None:
    headers = {"Content-Type": multipart.MULTIPART, "X-Requested-With": "tests", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{server.url}/graphql/", multipart.request(), headers)
    with suppress(urllib.error.HTTPError), urllib.request.urlopen(request, timeout=100) as response:
        response.read()
