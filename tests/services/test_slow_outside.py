"""File storage, Redis or the broker hang: whoever needs them waits, and nobody else does."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.crowd import Crowd, all_at_once
from tests.graphql_api.opportunities.documents import APPLY_TO_ROLE
from tests.live_server import LiveServer
from tests.processes import OwnRedis

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]

CROWD, UPLOADERS = 40, 30
UPDATE_PROFILE = "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { status: __typename } }"
UPLOAD_RESUME = "mutation ($input: UploadResumeInput!) { uploadResume(input: $input) { __typename } }"


class SilentStorage:
    """An S3 that takes connections and never answers."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0), backlog=500)
        self._taken: list[socket.socket] = []
        self.url = f"s3://key:secret@bucket?endpoint_url=http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                self._taken.append(self._server.accept()[0])

    @property
    def asked(self) -> int:
        return len(self._taken)

    def close(self) -> None:
        self._server.close()
        for one in self._taken:
            one.close()


@pytest.fixture
def silent_storage() -> Iterator[SilentStorage]:
    storage = SilentStorage()
    yield storage
    storage.close()


def upload(server: LiveServer, token: str) -> None:
    """Hand in a resume; what becomes of it does not matter here."""
    boundary = "edge"
    parts = {
        "operations": json.dumps({"query": UPLOAD_RESUME, "variables": {"input": {"resume": None}}}),
        "map": json.dumps({"0": ["variables.input.resume"]}),
    }
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in parts.items()
    )
    body += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="0"; filename="cv.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\nPlanting trees\r\n--{boundary}--\r\n"
    )
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "X-Requested-With": "tests",
        "Authorization": f"Bearer {token}",
    }
    request = urllib.request.Request(f"{server.url}/graphql/", body.encode(), headers)
    with suppress(urllib.error.HTTPError), urllib.request.urlopen(request, timeout=100) as response:
        response.read()


def test_those_who_upload_to_a_storage_that_hangs_harm_nobody_else(
    two_servers: tuple[LiveServer, LiveServer], silent_storage: SilentStorage
) -> None:
    server = LiveServer("silent-storage", **two_servers[0].environ, STORAGE_URL=silent_storage.url)
    server.environ["PORT"] = str(server.port)
    server.start()
    is_over = threading.Event()
    try:
        uploaders, others = Crowd.at(server, UPLOADERS), Crowd.at(server, CROWD)

        def keep_uploading(number: int) -> None:
            while not is_over.is_set():
                upload(server, uploaders.people[number])

        with ThreadPoolExecutor(UPLOADERS) as threads:
            uploads = [threads.submit(keep_uploading, number) for number in range(UPLOADERS)]
            try:
                while silent_storage.asked < UPLOADERS:
                    assert not any(one.done() for one in uploads)
                for _ in range(3):
                    wishes = [(token, {"bio": "I wait."}) for token in others.people]
                    answers = all_at_once([server], UPDATE_PROFILE, wishes)
                    assert Counter(answer.outcome for answer in answers) == {"User": CROWD}
                    assert server.ask("{ me { id } }", token=others.owner)["data"]["me"]
            finally:
                is_over.set()
    finally:
        server.kill()


def test_a_redis_that_hangs_refuses_nobody(database_url: str, two_servers: object, own_redis: OwnRedis) -> None:
    server = LiveServer("frozen-redis", DATABASE_URL=database_url, REDIS_URL=own_redis.url)
    server.start()
    try:
        crowds = [Crowd.at(server, CROWD, requires_approval=False, slots_available=CROWD) for _ in range(2)]
        own_redis.freeze()
        for crowd in crowds:
            wishes = [(token, {"roleId": crowd.role}) for token in crowd.people]
            answers = all_at_once([server], APPLY_TO_ROLE, wishes)
            assert Counter(answer.outcome for answer in answers) == {"ACCEPTED": CROWD}
            answers = all_at_once([server], UPDATE_PROFILE, [(token, {"bio": "I wait."}) for token in crowd.people])
            assert Counter(answer.outcome for answer in answers) == {"User": CROWD}
    finally:
        own_redis.thaw()
        server.kill()
