"""A picture on the server that `make run` starts: sent by one, seen by the other, gone with its message."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.attachments import SECRET, photo_with_secrets, upload_of
from tests.chat import Person
from tests.graphql_api.messaging.documents import DELETE, SEND, UPLOAD
from tests.live_server import LiveServer

HISTORY = """query History($id: ID!) { conversation(id: $id) { messages(last: 1) { edges { node {
  id attachments { filename contentType size width height url } } } } } }"""


def upload(server: LiveServer, person: Person, conversation_id: str, content: bytes) -> dict[str, Any]:
    variables = {"input": {"conversationId": conversation_id, "file": None}}
    operations = {"query": UPLOAD, "variables": variables}
    parts = {
        "operations": json.dumps(operations),
        "map": json.dumps({"0": ["variables.input.file"]}),
        "0": upload_of(content, "creek.jpg"),
    }
    headers = {"Content-Type": MULTIPART_CONTENT, "Authorization": f"Bearer {person.token}", "X-Requested-With": "me"}
    request = urllib.request.Request(f"{server.url}/graphql/", encode_multipart(BOUNDARY, parts), headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        answer: dict[str, Any] = json.loads(response.read())["data"]["uploadAttachment"]
    return answer


def test_a_photo_goes_from_one_to_the_other_and_is_gone_with_its_message(community_server: LiveServer) -> None:
    server = community_server
    sam, ines = (Person.log_in(server, email) for email in ("host@demo.example", "ines@demo.example"))
    group = sam.start_group(server, ines)
    uploaded = upload(server, sam, group, photo_with_secrets())
    assert uploaded["__typename"] == "MessageAttachment", uploaded
    input = {"conversationId": group, "clientId": str(uuid4()), "attachmentIds": [uploaded["id"]]}
    assert server.ask(SEND, sam.token, input=input)["data"]["sendMessage"]["__typename"] == "Message"

    (edge,) = server.ask(HISTORY, ines.token, id=group)["data"]["conversation"]["messages"]["edges"]
    (shown,) = edge["node"]["attachments"]
    assert (shown["filename"], shown["width"], shown["height"]) == ("creek.jpg", 20, 40)
    address = f"{server.url}{urlsplit(shown['url']).path}"
    with urllib.request.urlopen(address, timeout=20) as response:
        content, headers = response.read(), response.headers
    assert SECRET not in content
    assert Image.open(io.BytesIO(content)).size == (20, 40)
    assert (headers["Content-Type"], int(headers["Content-Length"])) == ("image/jpeg", shown["size"])
    assert headers["X-Content-Type-Options"] == "nosniff"

    server.ask(DELETE, sam.token, input={"messageId": edge["node"]["id"]})
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(address, timeout=20)
    gone.value.close()
    assert gone.value.code == 404
