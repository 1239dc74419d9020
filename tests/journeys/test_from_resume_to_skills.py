"""A resume on the server that `make run` starts: sent as a browser sends it, read beside it, taken over."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.live_server import LiveServer
from tests.resumes import RESUME, pdf_of, upload_of

LOG_IN = 'mutation { devLogIn(input: {email: "ines@demo.example"}) { ... on AuthSession { accessToken } } }'
UPLOAD = "mutation ($input: UploadResumeInput!) { uploadResume(input: $input) { ... on Resume { id status } } }"
MINE = "{ me { profile { resume { id status suggestions { skill { id name } } } } skills { source skill { name } } } }"
ACCEPT = """mutation ($input: AcceptResumeSkillsInput!) { acceptResumeSkills(input: $input) {
  ... on User { skills { source skill { name } } } } }"""
PATIENCE = 30


def send(server: LiveServer, token: str, content: bytes) -> dict[str, Any]:
    operations = {"query": UPLOAD, "variables": {"input": {"resume": None}}}
    places = {"0": ["variables.input.resume"]}
    parts = {"operations": json.dumps(operations), "map": json.dumps(places), "0": upload_of(content, "me.pdf")}
    headers = {"Content-Type": MULTIPART_CONTENT, "Authorization": f"Bearer {token}", "X-Requested-With": "a page"}
    request = urllib.request.Request(f"{server.url}/graphql/", encode_multipart(BOUNDARY, parts), headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        answer: dict[str, Any] = json.loads(response.read())["data"]["uploadResume"]
    return answer


def stored(server: LiveServer) -> set[str]:
    folder = Path(server.environ["STORAGE_URL"].removeprefix("file://"), "resumes")
    return {file.name for file in folder.iterdir()} if folder.exists() else set()


def test_a_resume_is_read_while_one_waits_and_its_skills_are_ones_own(community_server: LiveServer) -> None:
    token = community_server.ask(LOG_IN)["data"]["devLogIn"]["accessToken"]
    stored_before = stored(community_server)  # other tests upload to this server too
    sent = send(community_server, token, pdf_of(RESUME))
    assert sent["status"] == "PENDING", "the answer does not wait for the reader"

    deadline = time.monotonic() + PATIENCE
    while (mine := community_server.ask(MINE, token)["data"]["me"])["profile"]["resume"]["status"] == "PENDING":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    resume = mine["profile"]["resume"]
    assert (resume["id"], resume["status"]) == (sent["id"], "PARSED")
    found = {one["skill"]["name"]: one["skill"]["id"] for one in resume["suggestions"]}
    assert {"Tree planting", "First aid", "Bookkeeping"} <= set(found)
    assert {one["source"] for one in mine["skills"]} == {"SELF"}

    chosen = {"resumeId": resume["id"], "skillIds": [found["First aid"], found["Bookkeeping"]]}
    skills = community_server.ask(ACCEPT, token, input=chosen)["data"]["acceptResumeSkills"]["skills"]
    assert {one["skill"]["name"] for one in skills if one["source"] == "RESUME"} == {"First aid", "Bookkeeping"}

    (name,) = stored(community_server) - stored_before
    assert "me" not in name
