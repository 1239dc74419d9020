"""Two hundred signed-in people in the database of a running server, and the conversations they are in."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.benchmarks.counted_server import CountedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET_KEY = "a key of a benchmark, which is not secret at all"
PREPARE = """
import datetime, json
from django.conf import settings
from django.db import transaction
from domains.accounts.services.begin_session import begin_session
from tests.api import gid
from tests.factories import UserFactory, conversation_between
settings.ACCESS_TOKEN_LIFETIME = datetime.timedelta(hours=6)
with transaction.atomic():
    people = UserFactory.create_batch({people}, password=None)
    groups = [conversation_between(*people[at : at + {size}], is_group=True) for at in range(0, {people}, {size})]
    tokens = [begin_session(user=person).tokens.access_token for person in people]
print(json.dumps([tokens, [gid(group) for group in groups]]))
"""


@dataclass
class Crowd:
    """The access tokens of all, and the ids of their groups: the first people are in the first group, and so on."""

    tokens: list[str]
    groups: list[str]
    size: int

    def group_of(self, person: int) -> str:
        """Return the id of the group that the person is in."""
        return self.groups[person // self.size]


def gather_crowd(server: CountedServer, people: int, size: int) -> Crowd:
    """Make people in groups of `size`; their tokens are good for six hours."""
    told = server.run(PREPARE.format(people=people, size=size))
    tokens, groups = json.loads(told.splitlines()[-1])
    return Crowd(tokens, groups, size)


@contextmanager
def running_server(name: str, **environ: str) -> Iterator[CountedServer]:
    """A server with production's settings and a database of its own; SQLite unless `environ` names another."""
    with TemporaryDirectory() as folder:
        server = CountedServer(
            name,
            Path(folder),
            **{
                "DATABASE_URL": f"sqlite:///{folder}/load.sqlite3",
                "DJANGO_SETTINGS_MODULE": "config.settings.production",
                "DEBUG": "false",
                "SECRET_KEY": SECRET_KEY,
                "RATE_LIMITS": "off",
                "EMAIL_URL": f"filemail://{folder}/mail",
                **environ,
            },
        )
        server.manage("migrate", "--verbosity", "0")
        server.start()
        try:
            yield server
        finally:
            server.kill()
