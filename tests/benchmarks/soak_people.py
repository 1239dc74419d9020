"""Those who live through the faults: writers who act until they are acknowledged, readers who always come back."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from tests.benchmarks.raw_sockets import Caller, RawSocket, open_socket
from tests.chat import LOG_IN
from tests.graphql_api.messaging.documents import ADD, DELETE, EDIT, FOLLOW, REACT, REMOVE, SEND
from tests.live_server import LiveServer

#: An access token is renewed when it is so old; it lives for five minutes.
RENEW_AFTER = 180
ANSWER_WITHIN = 10
TROUBLE = (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError)
#: How many of a writer's messages are edited, reacted to or deleted at once: each so many of a hundred.
EDITED, REACTED, DELETED = 6, 6, 3


class Heard(NamedTuple):
    """An event of the log, as it arrived: `about` is the clientId of its message, or the id where it shows none."""

    sequence: int
    kind: str
    about: str
    at: float


def heard_of(event: dict[str, Any]) -> Heard:
    """Return what an event says."""
    about = event["message"]["clientId"] if "message" in event else event.get("messageId", "")
    return Heard(event["sequence"], event["__typename"], about, time.monotonic())


def end_of(message: bytes) -> str:
    """Return what a message that brings no event says: its type and the codes of its errors."""
    heard = orjson.loads(message)
    payload = heard.get("payload") or {}
    errors = payload.get("errors", []) if isinstance(payload, dict) else payload
    return " ".join([heard["type"], *(error.get("extensions", {}).get("code", "?") for error in errors)])


@dataclass
class Somebody:
    """A person at one server, with a token that is good."""

    server: LiveServer
    email: str
    _token: str = ""
    _since: float = 0.0

    async def token(self) -> str:
        """Return a token that is not too old, from the server; raises one of TROUBLE while it is away."""
        if not self._token or time.monotonic() - self._since > RENEW_AFTER:
            caller = Caller(self.server.url, "")
            try:
                answer = await asyncio.wait_for(caller.ask(LOG_IN, email=self.email), ANSWER_WITHIN)
            finally:
                await caller.close()
            self._token, self._since = answer["data"]["devLogIn"]["accessToken"], time.monotonic()
        return self._token

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the whole answer; raises one of TROUBLE while there is none."""
        caller = Caller(self.server.url, await self.token())
        try:
            return await asyncio.wait_for(caller.ask(document, **variables), ANSWER_WITHIN)
        finally:
            await caller.close()


@dataclass
class Actor(Somebody):
    """Somebody who does a thing again and again until the server says that it is done."""

    repeats: int = 0
    refusals: list[str] = field(default_factory=list)

    async def insist(self, document: str, **input: Any) -> dict[str, Any]:
        """Return what the server answers at last."""
        while (payload := await self._payload(document, input)) is None:
            self.repeats += 1
            await asyncio.sleep(0.2)
        return payload

    async def _payload(self, document: str, input: dict[str, Any]) -> dict[str, Any] | None:
        try:
            answer = await self.ask(document, input=input)
        except TROUBLE:
            return None
        payload: dict[str, Any]
        for payload in (answer.get("data") or {}).values():
            if payload and payload["__typename"] != "OperationInfo":
                return payload
        self.refusals.append(orjson.dumps(answer).decode()[:300])
        return None


@dataclass
class Writer(Actor):
    """Says one thing after the other, each by one clientId until there is an answer; changes some of it at once."""

    #: By clientId: when it was first tried, and the sequence that the server gave it.
    tried_at: dict[str, float] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    async def write(self, conversation_id: str, pause: float, enough: asyncio.Event) -> None:
        """Write until it is enough and the last message is acknowledged."""
        number = 0
        while not enough.is_set():
            number += 1
            client_id = str(uuid.uuid4())
            self.tried_at[client_id] = time.monotonic()
            content = f"{self.email} {number}"
            sent = await self.insist(SEND, conversationId=conversation_id, content=content, clientId=client_id)
            self.sequences[client_id] = sent["sequence"]
            await self._change(sent["id"], content)
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)

    async def _change(self, message_id: str, content: str) -> None:
        chance = random.uniform(0, 100)
        if chance < EDITED:
            await self.insist(EDIT, messageId=message_id, content=f"{content}, edited")
        elif chance < EDITED + REACTED:
            await self.insist(REACT, messageId=message_id, emoji="👍")
        elif chance < EDITED + REACTED + DELETED:
            await self.insist(DELETE, messageId=message_id)


@dataclass
class Host(Actor):
    """Who began the group: removes somebody from it now and then, and adds them again."""

    #: When each adding was first tried.
    added_at: list[float] = field(default_factory=list)

    async def move(self, conversation_id: str, user_id: str, pause: float, enough: asyncio.Event) -> None:
        """Go on until it is enough; in the end the person takes part."""
        while not enough.is_set():
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)
            await self.insist(REMOVE, conversationId=conversation_id, userId=user_id)
            await asyncio.sleep(random.uniform(1, 3))
            self.added_at.append(time.monotonic())
            await self.insist(ADD, conversationId=conversation_id, userIds=[user_id])


@dataclass
class Reader(Somebody):
    """Follows the conversation through every end of its socket, after the last sequence it has."""

    #: What arrived, in the order it arrived.
    events: list[Heard] = field(default_factory=list)
    connections: int = 0
    ends: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last sequence that arrived."""
        return self.events[-1].sequence if self.events else 0

    async def read(self, conversation_id: str) -> None:
        """Read until it is cancelled."""
        while True:
            try:
                await self._connect(conversation_id)
            except TROUBLE as error:
                self.ends.append(repr(error))
            await asyncio.sleep(random.uniform(0.2, 0.6))

    async def _connect(self, conversation_id: str) -> None:
        token = await self.token()
        socket = await asyncio.wait_for(open_socket(self.server.socket_url, self._hear), ANSWER_WITHIN)
        try:
            await socket.log_in(token, ANSWER_WITHIN)
            socket.subscribe(FOLLOW, conversationId=conversation_id, afterSequence=self.last)
            self.connections += 1
            await socket.is_lost.wait()
            self.ends.append(f"{socket.close_code} {socket.close_reason}")
        finally:
            socket.transport.abort()

    def _hear(self, socket: RawSocket, message: bytes, at: float) -> None:
        heard = orjson.loads(message)
        data = heard.get("payload", {}).get("data") if heard["type"] == "next" else None
        if not data:
            self.ends.append(end_of(message))
            socket.transport.abort()
            return
        event = data["conversationEvents"]
        if "sequence" in event:
            self.events.append(heard_of(event))
