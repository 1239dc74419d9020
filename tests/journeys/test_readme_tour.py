"""The part of the README's tour about tickets, run as it is printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from tests.live_server import ROOT, LiveServer

PRINTED_SERVER = "http://127.0.0.1:8000"


def commands_of(part: str) -> str:
    """Return the commands of a part of the tour, after the functions of its first commands."""
    text = (ROOT / "README.md").read_text()
    functions = re.findall(r"^(?:api|token)\(\) .*$", text, re.MULTILINE)
    (printed,) = re.findall(rf"^\*\*{part}\.\*\*(.*?)^\*\*", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*functions, *re.findall(r"^```sh\n(.*?)^```", printed, re.MULTILINE | re.DOTALL)])


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_tour_gets_a_ticket_and_checks_it_in(community_server: LiveServer) -> None:
    commands = commands_of("Get a ticket, and check it in").replace(PRINTED_SERVER, community_server.url)
    done = subprocess.run(["bash", "-c", commands], capture_output=True, text=True, check=True, timeout=60)
    shown, *scans, page = done.stdout.splitlines()

    ticket: dict[str, Any] = json.loads(shown)["data"]["event"]["myTicket"]
    assert ticket["status"] == "ISSUED"
    answers = [json.loads(scan)["data"]["checkIn"] for scan in scans]
    assert [answer["outcome"] for answer in answers] == ["ADMITTED", "ADMITTED", "ALREADY_CHECKED_IN"]
    assert answers[0] == answers[1]
    assert answers[0]["ticket"]["attendee"]["displayName"] == "Maya Torres"
    assert re.fullmatch(rf"{re.escape(community_server.url)}/scan/[\w=]+", page)
