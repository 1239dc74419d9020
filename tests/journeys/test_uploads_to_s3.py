"""Files on a real S3 server: sent there directly by a presigned form, or by a mutation, and what it refuses."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests import multipart
from tests.graphql_api.accounts.test_uploads import ATTACHMENT, COMPLETE, CREATE, PICTURE, RESUME
from tests.live_server import LiveServer
from tests.own_s3 import WEED, OwnS3

pytestmark = pytest.mark.skipif(WEED is None and "CI" not in os.environ, reason="needs SeaweedFS: make install-dev")
LOG_IN = """mutation ($input: DevLogInInput!) {
  devLogIn(input: $input) { ... on AuthSession { accessToken user { id } } }
}"""
START = """mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { ... on Conversation { id } ... on OperationInfo { messages { code } } }
}"""
URL = "{ me { profilePicture { url(size: SMALL) } } }"


class Person:
    """Somebody who is logged in at the server."""

    def __init__(self, server: LiveServer, email: str) -> None:
        self._server = server
        opened = server.ask(LOG_IN, input={"email": email})["data"]["devLogIn"]
        self._token, self.id = opened["accessToken"], opened["user"]["id"]

    def act(self, document: str, **given: Any) -> Any:
        """Return the payload of the mutation."""
        (payload,) = self._server.ask(document, self._token, input=given)["data"].values()
        return payload

    def ask(self, document: str) -> Any:
        """Return the data of the query."""
        return self._server.ask(document, self._token)["data"]

    def announce(self, purpose: str, content: bytes, content_type: str) -> Any:
        """Return a ticket for the content."""
        return self.act(CREATE, purpose=purpose, filename="a.file", contentType=content_type, size=len(content))

    def upload(self, purpose: str, content: bytes, content_type: str) -> str:
        """Send the content to S3; return the id of the file."""
        ticket = self.announce(purpose, content, content_type)
        assert ticket["url"].startswith("http://127.0.0.1:")
        assert {"key", "policy", "Content-Type"} <= {one["name"] for one in ticket["fields"]}
        assert send(ticket, content) == 204
        completed: str = self.act(COMPLETE, uploadId=ticket["id"])["id"]
        return completed


def send(ticket: Any, content: bytes, **changed: str) -> int:
    """Send the form of the ticket; return the status."""
    fields = {one["name"]: one["value"] for one in ticket["fields"]} | changed
    parts = [multipart.field(name, value.encode()) for name, value in fields.items()]
    body = multipart.body(*parts, multipart.file(content, field="file", name=b"a.file"))
    request = urllib.request.Request(ticket["url"], body, {"Content-Type": multipart.MULTIPART})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what happens in the background."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (80, 80), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnS3]:
    server = OwnS3(tmp_path_factory.mktemp("s3"))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def server(s3: OwnS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("uploads")
    server = LiveServer(
        "upload-server",
        DATABASE_URL=f"sqlite:///{folder / 'live.sqlite3'}",
        STORAGE_URL=s3.url,
        EMAIL_URL=f"filemail://{folder / 'mail'}",
    )
    server.fill(demo=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def volunteer(server: LiveServer) -> Person:
    return Person(server, "volunteer@demo.example")


def test_a_profile_picture_goes_to_s3_and_is_shown_from_there(volunteer: Person, s3: OwnS3, server: LiveServer) -> None:
    others = s3.names()  # of tests before this one, which wait to be used
    file = volunteer.upload("PROFILE_PICTURE", png(), "image/png")
    arrived = [name for name in s3.names() if name.startswith("uploads/") and name not in others]
    assert arrived
    assert volunteer.act(PICTURE, uploadId=file)["profilePicture"] == {"width": 80}
    until(lambda: not set(arrived) & set(s3.names()))
    path = volunteer.ask(URL)["me"]["profilePicture"]["url"].partition("/pictures/")[2]
    with urllib.request.urlopen(f"{server.url}/pictures/{path}", timeout=20) as response:
        shown = Image.open(BytesIO(response.read()))
    assert (shown.format, shown.size) == ("WEBP", (64, 64))


def test_a_resume_and_an_attachment_go_the_same_way(volunteer: Person, server: LiveServer) -> None:
    text = b"Ada Lovelace, ada@example.org\nExperience\n2019 - 2021 gardening\nEducation 2010"
    assert volunteer.act(RESUME, uploadId=volunteer.upload("RESUME", text, "text/plain"))["__typename"] == "Resume"
    host = Person(server, "host@demo.example")
    conversation = volunteer.act(START, participantIds=[host.id])["id"]
    kept = volunteer.act(
        ATTACHMENT, conversationId=conversation, uploadId=volunteer.upload("ATTACHMENT", b"Bring gloves.", "text/plain")
    )
    assert kept["size"] == 13


def test_what_does_not_fit_the_ticket_is_refused_by_s3(volunteer: Person, s3: OwnS3) -> None:
    before = s3.names()
    ticket = volunteer.announce("PROFILE_PICTURE", png(), "image/png")
    fields = {one["name"]: one["value"] for one in ticket["fields"]}
    assert send(ticket, png() + b"more") in {400, 403}
    assert send(ticket, b"") in {400, 403}
    assert send(ticket, png(), **{"Content-Type": "text/html"}) == 403
    assert send(ticket, png(), key="pictures-large/somebody-elses") == 403
    signature = next(name for name in fields if name.lower() == "x-amz-signature")
    assert send(ticket, png(), **{signature: "0" * 64}) in {400, 403}
    assert s3.names() == before
    assert volunteer.act(COMPLETE, uploadId=ticket["id"])["messages"][0]["code"] == "CONFLICT"
    assert send(ticket, png()) == 204


def test_what_s3_holds_is_private(volunteer: Person, s3: OwnS3) -> None:
    ticket = volunteer.announce("PROFILE_PICTURE", png(), "image/png")
    assert send(ticket, png()) == 204
    key = next(one["value"] for one in ticket["fields"] if one["name"] == "key")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{s3.endpoint}/mishmob/{key}", timeout=20)
    with refused.value:
        assert refused.value.code == 403


@pytest.mark.parametrize("content", [b"<svg xmlns='x'/>" + b" " * 300, b"<html><script>alert(1)</script>"])
def test_what_is_no_picture_is_removed_from_s3(volunteer: Person, s3: OwnS3, content: bytes) -> None:
    ticket = volunteer.announce("PROFILE_PICTURE", content, "image/png")
    assert send(ticket, content) == 204
    key = next(one["value"] for one in ticket["fields"] if one["name"] == "key")
    assert volunteer.act(COMPLETE, uploadId=ticket["id"])["messages"][0]["code"] == "UNSUPPORTED_TYPE"
    until(lambda: key not in s3.names())
