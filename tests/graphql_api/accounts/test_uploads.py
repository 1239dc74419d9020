"""Uploads over the API: from the ticket to each mutation that takes a file."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from domains.accounts.models import Upload, User
from tests.api import Api, codes, gid
from tests.factories import UserFactory, conversation_between

PROBLEMS = "... on OperationInfo { messages { kind code field message } }"
CREATE = f"""mutation C($input: CreateUploadInput!) {{ createUpload(input: $input) {{
  __typename ... on UploadTicket {{ id url method fields {{ name value }} expiresAt }} {PROBLEMS} }} }}"""
COMPLETE = f"""mutation C($input: CompleteUploadInput!) {{ completeUpload(input: $input) {{
  __typename ... on StoredFile {{ id filename contentType size }} {PROBLEMS} }} }}"""
PICTURE = f"""mutation P($input: UploadProfilePictureInput!) {{ uploadProfilePicture(input: $input) {{
  __typename ... on User {{ profilePicture {{ width }} }} {PROBLEMS} }} }}"""
RESUME = f"""mutation R($input: UploadResumeInput!) {{ uploadResume(input: $input) {{
  __typename ... on Resume {{ id status }} {PROBLEMS} }} }}"""
ATTACHMENT = f"""mutation A($input: UploadAttachmentInput!) {{ uploadAttachment(input: $input) {{
  __typename ... on MessageAttachment {{ filename contentType size }} {PROBLEMS} }} }}"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on StoredFile { filename } } }"


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (20, 20), "teal").save(file, "PNG")
    return file.getvalue()


def upload(api: Api, purpose: str, content: bytes, content_type: str, filename: str = "a.file") -> dict[str, Any]:
    """Send a file as a frontend does: ticket, form, completion."""
    ticket = api.act(CREATE, purpose=purpose, filename=filename, contentType=content_type, size=len(content))
    assert ticket["method"] == "POST", ticket
    fields = {one["name"]: one["value"] for one in ticket["fields"]}
    sent = Client().post(urlsplit(ticket["url"]).path, {**fields, "file": SimpleUploadedFile(filename, content)})
    assert sent.status_code == 204, sent.content
    return api.act(COMPLETE, uploadId=ticket["id"])


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory()


def test_a_profile_picture(api_as: Callable[[User], Api], ada: User) -> None:
    api = api_as(ada)
    file = upload(api, "PROFILE_PICTURE", png(), "image/png", "../face.png")
    assert {**file, "id": ""} == {
        "__typename": "StoredFile",
        "id": "",
        "filename": "face.png",
        "contentType": "image/png",
        "size": len(png()),
    }
    assert api.act(PICTURE, uploadId=file["id"])["profilePicture"] == {"width": 20}
    assert codes(api.act(PICTURE, uploadId=file["id"])) == ["NOT_FOUND"]


def test_a_resume(api_as: Callable[[User], Api], ada: User) -> None:
    api = api_as(ada)
    text = b"Ada Lovelace, ada@example.org\nExperience\n2019 - 2021 gardening\nEducation 2010"
    file = upload(api, "RESUME", text, "text/plain", "resume.txt")
    assert api.act(RESUME, uploadId=file["id"])["__typename"] == "Resume"
    assert ada.resume.original_name == "resume.txt"


def test_an_attachment(api_as: Callable[[User], Api], ada: User) -> None:
    api, conversation = api_as(ada), conversation_between(ada, UserFactory())
    file = upload(api, "ATTACHMENT", b"Bring gloves.", "text/plain", "plan.txt")
    kept = api.act(ATTACHMENT, conversationId=gid(conversation), uploadId=file["id"])
    assert (kept["filename"], kept["contentType"], kept["size"]) == ("plan.txt", "text/plain", 13)


def test_it_is_for_its_purpose_and_its_owner(api_as: Callable[[User], Api], ada: User) -> None:
    file = upload(api_as(ada), "PROFILE_PICTURE", png(), "image/png")
    assert codes(api_as(ada).act(RESUME, uploadId=file["id"])) == ["NOT_FOUND"]
    assert codes(api_as(UserFactory()).act(PICTURE, uploadId=file["id"])) == ["NOT_FOUND"]
    assert codes(api_as(ada).act(PICTURE, uploadId="nonsense")) == ["NOT_FOUND"]
    assert api_as(ada).act(PICTURE, uploadId=file["id"])["__typename"] == "User"


def test_one_of_both_is_sent(api_as: Callable[[User], Api], ada: User) -> None:
    api, picture = api_as(ada), SimpleUploadedFile("face.png", png())
    for given in ({}, {"picture": picture, "uploadId": "any"}):
        refused = api.act(PICTURE, **given)["messages"]
        assert [(one["code"], one["field"]) for one in refused] == [("REQUIRED", "picture")]


def test_only_its_owner_sees_a_file_that_has_arrived(api: Api, api_as: Callable[[User], Api], ada: User) -> None:
    ticket = api_as(ada).act(CREATE, purpose="RESUME", filename="a", contentType="text/plain", size=5)
    assert api_as(ada).ask(NODE, id=ticket["id"])["node"] is None
    file = upload(api_as(ada), "PROFILE_PICTURE", png(), "image/png")
    seen = [one.ask(NODE, id=file["id"])["node"] for one in (api_as(ada), api_as(UserFactory(overseer=True)), api)]
    assert seen == [{"id": file["id"], "filename": "a.file"}, None, None]


def test_strangers_announce_nothing(api: Api) -> None:
    assert codes(api.act(CREATE, purpose="RESUME", filename="a", contentType="text/plain", size=5)) == [
        "UNAUTHENTICATED"
    ]
    assert not Upload.objects.exists()


def address_of(api: Api) -> str:
    ticket = api.act(CREATE, purpose="RESUME", filename="a", contentType="TEXT/Plain; charset=utf-8", size=5)
    return str(urlsplit(ticket["url"]).path)


@pytest.mark.parametrize("form", [{}, {"file": "no file"}, {"other": "x"}])
def test_a_form_without_the_file_is_refused(api_as: Any, ada: User, form: dict[str, Any], client: Client) -> None:
    sent = client.post(address_of(api_as(ada)), form)
    assert (sent.status_code, sent.json()["code"]) == (422, "INVALID")


PART = b"--x\r\nContent-Disposition: %s\r\n\r\nhello\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data; boundary=x; charset=rot13", PART % b'form-data; name="file"; filename="a"', 204),
        ("multipart/form-data; boundary=x", PART % b'form-data; name*=a; name*0=b; filename="a.png"', 400),
        ("multipart/form-data; boundary=x", PART % (b'form-data; name="file"; filename="a.%s"' % (b"x" * 300)), 204),
        ("multipart/form-data", b"--x", 400),
        ("multipart/form-data; boundary=x", b"--x" * 1000, 422),
        ("application/x-www-form-urlencoded; charset=latin1", b"a=b", 422),
        ("text/plain", b"hello", 422),
        (
            "multipart/form-data; boundary=x",
            (PART % b'form-data; name="file"; filename="a"').replace(b"--x--\r\n", b"")
            + PART % b'form-data; name="file"; filename="b"',
            400,
        ),
    ],
)
def test_a_malformed_form_gets_a_code(
    api_as: Any, ada: User, client: Client, kind: str, body: bytes, status: int
) -> None:
    sent = client.generic("POST", address_of(api_as(ada)), body, content_type=kind)
    assert sent.status_code == status, sent.content
    assert status == 204 or sent.json()["code"] == "INVALID"


def test_an_address_takes_ten_forms(api_as: Any, ada: User, client: Client) -> None:
    address = address_of(api_as(ada))
    statuses = [client.post(address, {"file": SimpleUploadedFile("a", b"hello")}).status_code for _ in range(11)]
    assert statuses == [204] * 10 + [429]


def test_an_address_that_was_not_given_is_not_found(client: Client) -> None:
    sent = client.post("/uploads/some-token", {"file": SimpleUploadedFile("a", b"x")})
    assert (sent.status_code, sent.json()["code"]) == (404, "NOT_FOUND")
    assert client.get("/uploads/some-token").status_code == 405
