"""What is said at the start, in one sentence each, and that two servers never share their data."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import env, server

HOLD = """
import sys, time
from pathlib import Path
from config.server import hold_server_lock
with hold_server_lock(Path(sys.argv[1]), address="http://127.0.0.1:8000"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_server_on_the_same_data_is_refused_until_the_first_has_ended_even_by_kill_9(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    environ = {"DEBUG": "true", "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, cwd=env.BASE_DIR, env=environ, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        assert first.stdout.readline() == "held\n"
        with pytest.raises(SystemExit) as refused, server.hold_server_lock(lock, address="http://127.0.0.1:9000"):
            pass
        said = str(refused.value)
        assert said.startswith("MishMob cannot start: ")
        assert f"{tmp_path}: http://127.0.0.1:8000, process {first.pid}. End that one first" in said
        first.send_signal(signal.SIGKILL)
    with server.hold_server_lock(lock, address="http://127.0.0.1:9000"):
        assert "9000" in lock.read_text()
    with server.hold_server_lock(lock, address="http://127.0.0.1:9001"):
        assert ":9000" not in lock.read_text()


def test_a_host_that_is_no_address_of_this_machine_is_named() -> None:
    for host in ("no.such.host.example", "203.0.113.7"):
        with pytest.raises(SystemExit, match=r"MishMob cannot start: (HOST|PORT) is "):
            server.check_port(host=host, port=0)
    server.check_port(host="0.0.0.0", port=0)


@pytest.mark.parametrize("given", ["http://0.0.0.0", "a b", "127.0.0.1/8"])
def test_a_host_that_is_no_address_at_all_is_named(given: str) -> None:
    with pytest.raises(env.WrongSetting, match="HOST must be an address"):
        env.read({"DEBUG": "true", "HOST": given})


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("10.1.2.3", "10.1.2.3")]
)
def test_the_address_to_open_is_one_that_answers(host: str, here: str) -> None:
    assert server.local_address(host) == here


@pytest.mark.parametrize("debug", [True, False])
def test_an_address_of_the_machine_is_answered_and_under_development_its_pages_may_call(settings, debug: bool) -> None:
    settings.DEBUG, settings.ALLOWED_HOSTS, settings.CORS_ALLOWED_ORIGIN_REGEXES = debug, [], []
    server.allow_host("192.168.1.20")
    assert settings.ALLOWED_HOSTS == ["192.168.1.20"]
    allowed = settings.CORS_ALLOWED_ORIGIN_REGEXES
    assert any(re.match(one, "http://192.168.1.20:3000") for one in allowed) is debug
    assert not any(re.match(one, "http://192.168.1.20.evil.example") for one in allowed)


def test_only_who_listens_everywhere_is_reached_from_elsewhere() -> None:
    assert server.network_address("127.0.0.1") is None
    elsewhere = server.network_address("0.0.0.0")
    if elsewhere:  # a machine without any network has none
        with socket.create_server((elsewhere, 0)):
            pass


def test_mails_that_go_nowhere_are_warned_of_in_production_only(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    for debug, number in ((True, 0), (False, 1)):
        settings.DEBUG = debug
        assert len(server.find_warnings()) == number
    assert server.find_warnings()[0].startswith("EMAIL_URL is not set")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert server.find_warnings() == []
