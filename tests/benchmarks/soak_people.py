"""Those who live through the faults: writers who send until they are acknowledged, readers who always come back."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field

import orjson

from tests.benchmarks.raw_sockets import Caller, RawSocket, open_socket
from tests.chat import LOG_IN
from tests.graphql_api.messaging.documents import FOLLOW, SEND
from tests.live_server import LiveServer

#: An access token is renewed when it is so old; it lives for five minutes.
RENEW_AFTER = 180
ANSWER_WITHIN = 10
TROUBLE = (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError)


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


@dataclass
class Writer(Somebody):
    """Says one thing after the other, each by one clientId until there is an answer."""

    #: By clientId: when it was first tried, and the sequence that the server gave it.
    tried_at: dict[str, float] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    repeats: int = 0
    refusals: list[str] = field(default_factory=list)

    async def write(self, conversation_id: str, pause: float, enough: asyncio.Event) -> None:
        """Write until it is enough and the last message is acknowledged."""
        number = 0
        while not enough.is_set():
            number += 1
            client_id = str(uuid.uuid4())
            self.tried_at[client_id] = time.monotonic()
            input = {"conversationId": conversation_id, "content": f"{self.email} {number}", "clientId": client_id}
            while not await self._is_acknowledged(input):
                self.repeats += 1
                await asyncio.sleep(0.2)
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)

    async def _is_acknowledged(self, input: dict[str, str]) -> bool:
        try:
            caller = Caller(self.server.url, await self.token())
        except TROUBLE:
            return False
        try:
            answer = await asyncio.wait_for(caller.ask(SEND, input=input), ANSWER_WITHIN)
        except TROUBLE:
            return False
        finally:
            await caller.close()
        message = (answer.get("data") or {}).get("sendMessage") or {}
        if message.get("__typename") == "Message":
            self.sequences[input["clientId"]] = message["sequence"]
            return True
        self.refusals.append(orjson.dumps(answer).decode()[:300])
        return False


@dataclass
class Reader(Somebody):
    """Follows the conversation through every end of its socket, after the last sequence it has."""

    #: What arrived, in the order it arrived: sequence, clientId, when.
    events: list[tuple[int, str, float]] = field(default_factory=list)
    connections: int = 0
    ends: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last sequence that arrived."""
        return self.events[-1][0] if self.events else 0

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
            self.ends.append(message[:300].decode())
            socket.transport.abort()
            return
        event = data["conversationEvents"]
        if "sequence" in event:
            self.events.append((event["sequence"], event["message"]["clientId"], time.monotonic()))
