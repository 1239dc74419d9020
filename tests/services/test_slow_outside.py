"""File storage, Redis or the broker hang: whoever needs them waits, and nobody else does."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.crowd import Crowd
from tests.live_server import LiveServer
from tests.processes import OwnRedis, SilentStorage
from tests.trouble import apply_all, update_profiles, uploads

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("crowds"),  # two at once would be more connections than PostgreSQL gives
]

CROWD, UPLOADERS = 40, 30


def test_those_who_upload_to_a_storage_that_hangs_harm_nobody_else(
    two_servers: tuple[LiveServer, LiveServer], silent_storage: SilentStorage
) -> None:
    server = LiveServer("silent-storage", **two_servers[0].environ, STORAGE_URL=silent_storage.url)
    server.environ["PORT"] = str(server.port)
    server.start()
    try:
        uploaders, others = Crowd.at(server, UPLOADERS), Crowd.at(server, CROWD)
        with uploads(server, uploaders.people, silent_storage):
            for _ in range(3):
                answers = update_profiles(server, others)
                assert Counter(answer.outcome for answer in answers) == {"User": CROWD}
                assert server.ask("{ me { id } }", token=others.owner)["data"]["me"]
    finally:
        server.kill()


def test_a_redis_that_hangs_refuses_nobody(database_url: str, two_servers: object, own_redis: OwnRedis) -> None:
    server = LiveServer("frozen-redis", DATABASE_URL=database_url, REDIS_URL=own_redis.url)
    server.start()
    try:
        crowds = [Crowd.at(server, CROWD, requires_approval=False, slots_available=CROWD) for _ in range(2)]
        own_redis.freeze()
        for crowd in crowds:
            assert Counter(answer.outcome for answer in apply_all(server, crowd)) == {"ACCEPTED": CROWD}
            assert Counter(answer.outcome for answer in update_profiles(server, crowd)) == {"User": CROWD}
    finally:
        own_redis.thaw()
        server.kill()
