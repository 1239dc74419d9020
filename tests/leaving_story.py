"""The story of somebody who lives on a running server for a while, takes a copy of everything, and deletes the account.

Journeys tell it on the embedded server and on the services, and then look for what is left, byte by byte.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.factories import PASSWORD
from tests.live_server import LiveServer

PROBLEMS = "... on OperationInfo { messages { code field message } }"


def mutation(name: str, result: str) -> str:
    """Return the document of a mutation with an input."""
    wish = f"{name[0].upper()}{name[1:]}Input!"
    return f"mutation ($input: {wish}) {{ {name}(input: $input) {{ ... on {result} {PROBLEMS} }} }}"


LOG_IN = mutation("logIn", "AuthSession { accessToken }")
PROFILE = mutation("updateProfile", "User { id }")
SEND, EDIT = mutation("sendMessage", "Message { id }"), mutation("editMessage", "Message { id }")
DELETE = mutation("deleteAccount", "DeleteAccountReceipt { erasedAt }")
EXPORT = f"mutation {{ requestDataExport {{ ... on DataExport {{ status url }} {PROBLEMS} }} }}"
#: Planted among the server's own rows: a row in each table that points at the person, a canary in each of their texts,
#: and a conversation to write in.
PLANT = """
import json
from graphql_api.relay.ids import global_id
from tests.factories import UserFactory, conversation_between
from tests.leaver import Leaver

leaver = Leaver(email="{email}").plant()
leaver.person.data_exports.update(status="EXPIRED")
talk = conversation_between(leaver.person, UserFactory(email="pal@people.example"))
print(json.dumps([sorted(leaver.canaries), global_id("Conversation", talk.pk), leaver.person.pk]))
"""
#: How long an erasure may take.
PATIENCE = 20


class LeavingStory:
    """The person, and every canary that was planted about them."""

    def __init__(self, server: LiveServer, email: str = "cnrymail@people.example") -> None:
        self.server, self.email = server, email
        self.canaries, conversation, self.key = json.loads(server.run(PLANT.format(email=email)).splitlines()[-1])
        self.canaries.append(email.partition("@")[0])
        self._token = self._act(LOG_IN, email=email, password=PASSWORD)["accessToken"]
        self._live(conversation)

    def _live(self, conversation: str) -> None:
        """Write more through the API: texts of one line and of many pages, changed once, so that pages are split."""
        self._act(
            PROFILE,
            bio=self._new(),
            displayName=self._new(),
            linkedinUrl=f"https://www.linkedin.com/in/{self._new()}",
            websiteUrl=f"https://www.example.org/{self._new()}",
            languages=["en"],
        )
        for number in range(40):
            text = f"{self._new()} {'x' * (9_000 if number % 4 == 0 else 40)}"
            client_id = f"6f1c7ed0-6b0a-4f4c-9f0e-{number:012}"
            sent = self._act(SEND, conversationId=conversation, clientId=client_id, content=text)
            if number % 5 == 0:
                self._act(EDIT, messageId=sent["id"], content=f"{self._new()} {text[20:]}")

    def _new(self) -> str:
        self.canaries.append(f"cnrylive{len(self.canaries):04}")
        return str(self.canaries[-1])

    def _act(self, document: str, **given: Any) -> Any:
        variables = {"input": given} if given else {}
        ((payload),) = self.server.ask(document, getattr(self, "_token", None), **variables)["data"].values()
        assert "messages" not in payload, payload
        return payload

    def take_a_copy(self) -> ZipFile:
        """Ask for the export until it is there, and fetch it."""
        until(lambda: self._act(EXPORT)["status"] == "READY")
        path = self._act(EXPORT)["url"].partition("/exports/")[2]
        with urllib.request.urlopen(f"{self.server.url}/exports/{path}", timeout=20) as answer:
            return ZipFile(BytesIO(answer.read()))

    def leave(self) -> None:
        """Delete the account, and wait until nothing is left of it in the database."""
        assert self._act(DELETE, password=PASSWORD)["erasedAt"]
        done = f"from domains.accounts.models import Erasure; print(Erasure.objects.get(user_id={self.key}).done_at)"
        until(lambda: self.server.run(done).splitlines()[-1] != "None")

    def found_in(self, files: Iterable[Path]) -> dict[str, list[str]]:
        """Return the canaries that these files hold, by file."""
        found = {}
        for file in files:
            content = file.read_bytes()
            if canaries := [one for one in self.canaries if one.encode() in content]:
                found[file.name] = canaries
        return found


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what the server does in the background."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"it took more than {PATIENCE} seconds"
        time.sleep(0.1)
