"""Attached files by the API: uploaded, sent, and served by links to those who take part, while they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.files.storage import default_storage
from django.db import connections
from django.test import AsyncClient, Client

from domains.accounts.models import User
from domains.base import keyed_ids, signing
from domains.messaging import services, tokens
from domains.messaging.models import Conversation, Message, MessageAttachment
from tests.api import Api, codes, gid
from tests.attachments import PDF, drawing_with_secrets, picture_of, upload_of
from tests.factories import MessageAttachmentFactory, UserFactory, conversation_between
from tests.graphql_api.messaging.documents import SEND, UPLOAD
from tests.sql import statements_of
from web.files import PIECE

pytestmark = pytest.mark.django_db(transaction=True)
ApiAs = Callable[[User], Api]

HISTORY = """query History($id: ID!) { conversation(id: $id) { messages { edges { node {
  attachments { id filename contentType size width height url } } } } } }"""
NODE = "query Node($id: ID!) { node(id: $id) { __typename ... on MessageAttachment { filename url } } }"


def path_of(url: str) -> str:
    return urlsplit(url).path


def link_to(attachment: MessageAttachment, viewer: User) -> str:
    return path_of(tokens.attachment_url(attachment_id=attachment.pk, viewer_id=viewer.pk))


@pytest.fixture
def talk() -> Conversation:
    return conversation_between(*UserFactory.create_batch(2))


def people(talk: Conversation) -> list[User]:
    return [part.user for part in talk.participations.order_by("pk")]


def shown_to(api: Api, talk: Conversation) -> list[dict[str, Any]]:
    (edge,) = api.ask(HISTORY, id=gid(talk))["conversation"]["messages"]["edges"]
    attachments: list[dict[str, Any]] = edge["node"]["attachments"]
    return attachments


def test_the_whole_story_from_the_file_to_the_other_persons_screen(
    api_as: ApiAs, talk: Conversation, client: Client
) -> None:
    ann, ben = people(talk)
    api = api_as(ann)
    files = {"creek über.png": drawing_with_secrets(), "plan.pdf": PDF}
    uploaded = [
        api.act(UPLOAD, conversationId=gid(talk), file=upload_of(content, name)) for name, content in files.items()
    ]
    assert [one["__typename"] for one in uploaded] == ["MessageAttachment", "MessageAttachment"], uploaded
    assert [(one["filename"], one["contentType"], one["width"]) for one in uploaded] == [
        ("creek über.png", "image/png", 40),
        ("plan.pdf", "application/pdf", None),
    ]
    assert client.get(path_of(uploaded[0]["url"])).status_code == 200, "one may look at it before sending it"
    assert api_as(ben).ask(NODE, id=uploaded[0]["id"])["node"] is None, "nobody else may"
    sent = api.act(
        SEND,
        conversationId=gid(talk),
        clientId=str(uuid4()),
        attachmentIds=[one["id"] for one in reversed(uploaded)],
    )
    assert sent["__typename"] == "Message", sent
    assert (sent["content"], [one["id"] for one in sent["attachments"]]) == ("", [one["id"] for one in uploaded])

    picture, plan = shown_to(api_as(ben), talk)
    response = client.get(path_of(picture["url"]))
    content = response.getvalue()
    assert (response.status_code, response["Content-Type"], len(content)) == (200, "image/png", picture["size"])
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''creek%20%C3%BCber.png"
    assert b"geheim" not in content
    response = client.get(path_of(plan["url"]))
    assert response.getvalue() == PDF
    assert response["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, max-age=300"
    assert api_as(ben).ask(NODE, id=picture["id"])["node"]["filename"] == "creek über.png"


def test_links_end_with_the_right_to_the_file(talk: Conversation, client: Client) -> None:
    attachment: Any = MessageAttachmentFactory(message__conversation=talk)
    ann, ben = people(talk)
    path = link_to(attachment, ben)
    assert client.get(path).getvalue() == b"Bring gloves."
    assert client.get(path)["Content-Type"] == "text/plain; charset=utf-8"
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405
    assert client.get(link_to(attachment, UserFactory(superuser=True))).status_code == 404
    User.objects.filter(pk=ben.pk).update(is_active=False)
    assert client.get(path).status_code == 404
    User.objects.filter(pk=ben.pk).update(is_active=True)
    services.leave_conversation(actor=ben, conversation_id=talk.pk)
    assert client.get(path).status_code == 404
    path = link_to(attachment, ann)
    assert client.get(path).status_code == 200
    services.delete_message(actor=attachment.message.sender, message_id=attachment.message_id)
    assert client.get(path).status_code == 404


def test_a_link_is_good_for_five_minutes(talk: Conversation, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment: Any = MessageAttachmentFactory(message__conversation=talk)
    path, now = link_to(attachment, people(talk)[0]), time.time()
    for later, status in ((290, 200), (310, 404)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        assert client.get(path).status_code == status


def test_forged_links_lead_nowhere(talk: Conversation, client: Client) -> None:
    attachment: Any = MessageAttachmentFactory(message__conversation=talk)
    claims = {"sub": keyed_ids.seal("User", people(talk)[0].pk), "file": attachment.pk, "exp": int(time.time()) + 300}
    good = signing.sign(tokens.PURPOSE, claims)
    assert client.get(f"/attachments/{good}").status_code == 200
    head, body, signature = good.split(".")
    for bad in (
        signing.sign("service-record", claims),
        f"{head}.{body}.{'A' * len(signature)}",
        f"{head}.{body}.",
        f"eyJhbGciOiJub25lIn0.{body}.",
        "x",
        "x" * 5_000,
        str(attachment.pk),
        str(attachment.file.name).partition("/")[2],
    ):
        assert client.get(f"/attachments/{bad}").status_code == 404
    assert client.get(f"/media/{attachment.file.name}").status_code == 404


def test_a_file_that_is_gone_from_the_storage_is_a_404(talk: Conversation, client: Client) -> None:
    attachment: Any = MessageAttachmentFactory(message__conversation=talk)
    default_storage.delete(str(attachment.file.name))
    assert client.get(link_to(attachment, people(talk)[0])).status_code == 404


async def test_a_server_sends_it_piece_by_piece(async_client: AsyncClient) -> None:

    content = b"x" * (2 * PIECE + 100)

    def make() -> str:
        ann, ben = UserFactory.create_batch(2)
        talk = conversation_between(ann, ben)
        return link_to(services.upload_attachment(actor=ann, conversation_id=talk.pk, file=upload_of(content)), ann)

    response: Any = await async_client.get(await sync_to_async(make)())
    pieces = [len(piece) async for piece in response.streaming_content]
    assert pieces == [PIECE, PIECE, 100]
    await sync_to_async(connections.close_all)()  # of the thread that outlives the test


def test_refusals_name_the_file(api_as: ApiAs, talk: Conversation) -> None:
    api = api_as(people(talk)[0])
    for content, code in (
        (b"<svg onload='alert(1)'/>", "UNSUPPORTED_TYPE"),
        (picture_of(size=(6_000, 5_000)), "TOO_LARGE"),
        (b" ", "INVALID"),
    ):
        refused = api.act(UPLOAD, conversationId=gid(talk), file=upload_of(content, "holiday.png"))
        assert (codes(refused), refused["messages"][0]["field"]) == ([code], "file")
    assert not MessageAttachment.objects.exists()


def test_what_came_along_with_a_message_costs_no_statement(talk: Conversation) -> None:
    """Whoever delivers one message to many prefetches its files and reactions once."""
    MessageAttachmentFactory(message__conversation=talk)
    message = Message.objects.prefetch_related("attachments", "reactions").get()
    ann = people(talk)[0]

    def show() -> None:
        (attachment,) = message.attachments.all()
        assert tokens.attachment_url(attachment_id=attachment.pk, viewer_id=ann.pk)

    assert statements_of(show) == []
