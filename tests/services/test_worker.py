"""The worker as operators run it: it does the tasks of facts, and tells the facts that a crash left untold."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_server import LiveServer
from tests.processes import OwnRedis, Worker

pytestmark = pytest.mark.services
SIGN_UP = """mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }"""
INPUT = {"email": "new@people.example", "password": "correct horse battery", "displayName": "New"}


@pytest.fixture
def server(database_url: str, own_redis: OwnRedis, tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        "with-worker", DATABASE_URL=database_url, REDIS_URL=own_redis.url, EMAIL_URL=f"filemail://{tmp_path / 'mail'}"
    )
    server.start()
    yield server
    server.kill()


@pytest.fixture
def worker(server: LiveServer, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(server, tmp_path)
    yield worker
    worker.kill()


def mails_to(address: str, folder: Path, at_least: int, patience: float = 40) -> int:
    """Wait for mails to the address and return how many there are."""
    deadline = time.monotonic() + patience
    while True:
        found = sum(f"To: {address}" in file.read_text() for file in folder.glob("*"))
        if found >= at_least or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def test_mails_are_sent_by_the_worker_and_what_a_crash_left_untold_is_told(
    server: LiveServer, worker: Worker, tmp_path: Path
) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    worker.start()
    server.ask(SIGN_UP, input=INPUT)
    assert mails_to(INPUT["email"], mail, at_least=1) == 1

    worker.kill()
    server.ask(SIGN_UP, input={**INPUT, "email": "later@people.example"})
    assert mails_to("later@people.example", mail, at_least=1, patience=1) == 0
    worker.start()
    assert mails_to("later@people.example", mail, at_least=1) == 1, "the broker keeps what nobody took"

    untold = (
        "from unittest.mock import patch\n"
        "from domains.accounts import services\n"
        "with patch('domains.base.bus._deliver'):\n"  # the process dies between the commit and the telling
        "    services.sign_up(email='eve@people.example', password='correct horse battery', display_name='Eve',"
        " user_type='VOLUNTEER', zip_code='', ip_address='203.0.113.9')"
    )
    server.manage("shell", "--verbosity", "0", "-c", untold)
    assert mails_to("eve@people.example", mail, at_least=1) == 1
    assert worker.stop() == 0


def test_a_write_succeeds_while_redis_is_down_and_is_told_when_it_is_back(
    server: LiveServer, worker: Worker, own_redis: OwnRedis, tmp_path: Path
) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    own_redis.kill()
    answer = server.ask(SIGN_UP, input={**INPUT, "email": "undaunted@people.example"})
    assert answer["data"]["signUp"]["__typename"] == "SignUpReceipt"
    own_redis.start()
    worker.start()
    assert mails_to("undaunted@people.example", mail, at_least=1) >= 1


def test_the_mail_about_a_notification_is_sent_once_though_a_worker_is_killed(
    server: LiveServer, worker: Worker, tmp_path: Path
) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    tell = (
        "from allauth.account.models import EmailAddress; "
        "from domains.accounts.models import User; from domains.notifications import services; "
        "user, _ = User.objects.get_or_create(email='told@people.example', defaults={{'display_name': 'Told'}}); "
        "EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True); "
        "services.notify(recipient_ids=[user.pk], kind='OFFER_MADE', template='fact', source_id={key}, title='A place')"
    )
    worker.start()
    server.run(tell.format(key=1))
    assert mails_to("told@people.example", mail, at_least=1) == 1
    worker.kill()
    for _ in range(2):
        server.run(tell.format(key=2))
    worker.start()
    assert mails_to("told@people.example", mail, at_least=2) == 2
    time.sleep(3)
    assert mails_to("told@people.example", mail, at_least=2) == 2
