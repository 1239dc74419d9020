"""People who chat over real servers, as frontends do: they resend what got no answer, and reconnect after the last
sequence they have."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from graphql_api.live.switchboard import POLL_SECONDS
from tests.graphql_api.messaging.documents import FOLLOW, SEND, START
from tests.live_server import LiveServer
from tests.sockets import opened

#: How often something may come late on a busy machine before it counts as late.
TRIES = 5
LOG_IN = """mutation($email: String!) { devLogIn(input: {email: $email}) {
  ... on AuthSession { accessToken user { id } } } }"""


@dataclass
class Person:
    """Somebody with a session."""

    token: str
    id: str

    @classmethod
    def log_in(cls, server: LiveServer, email: str) -> Person:
        """Return a member of the demo community."""
        session = server.ask(LOG_IN, email=email)["data"]["devLogIn"]
        return cls(session["accessToken"], session["user"]["id"])

    def start_group(self, server: LiveServer, *others: Person) -> str:
        """Begin a group in which nothing is said yet, and return its id."""
        input = {"participantIds": [other.id for other in others], "isGroup": True, "title": "Rain or shine"}
        id: str = server.ask(START, self.token, input=input)["data"]["startConversation"]["id"]
        return id

    def say(self, server: LiveServer, conversation_id: str, content: str, patience: float = 30) -> dict[str, Any]:
        """Send a message, again and again by the same clientId until there is an answer."""
        input = {"conversationId": conversation_id, "content": content, "clientId": str(uuid.uuid4())}
        deadline = time.monotonic() + patience
        while True:
            try:
                message: dict[str, Any] = server.ask(SEND, self.token, input=input)["data"]["sendMessage"]
            except OSError:
                assert time.monotonic() < deadline, "the server does not come back"
                time.sleep(0.05)
            else:
                assert message["__typename"] == "Message", message
                return message


@dataclass
class Reader:
    """Follows a conversation through every end of its socket; keeps what came, when, in the order it came."""

    server: LiveServer
    person: Person
    conversation_id: str
    contents: list[str] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    connections: int = 0
    _task: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Reader:
        """Begin to follow, and wait until the first socket is subscribed."""
        self._task = asyncio.create_task(self._follow())
        await self.until(lambda: self.connections > 0)
        await asyncio.sleep(0.3)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        assert self._task
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def until(self, holds: Any, patience: float = 30) -> None:
        """Wait until the condition holds."""
        async with asyncio.timeout(patience):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def until_sequence(self, sequence: int, patience: float = 30) -> None:
        """Wait until this sequence has come."""
        await self.until(lambda: bool(self.sequences) and self.sequences[-1] >= sequence, patience)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, TimeoutError):
                await self._connect_once()
            await asyncio.sleep(0.1)

    async def _connect_once(self) -> None:
        async with opened(self.server.socket_url) as socket:
            await socket.log_in(self.person.token)
            after = self.sequences[-1] if self.sequences else 0
            await socket.subscribe(FOLLOW, conversationId=self.conversation_id, afterSequence=after)
            self.connections += 1
            self._news.set()
            while True:
                answer = await socket.hear(patience=60)
                assert answer["type"] == "next", answer
                event = answer["payload"]["data"]["conversationEvents"]
                self.sequences.append(event["sequence"])
                self.contents.append(event["message"]["content"])
                self.times.append(time.monotonic())
                self._news.set()


async def hear_live(writer: Person, at: LiveServer, reader: Reader, content: str) -> float:
    """Say something and return after how many seconds the reader, who is live, has it."""
    began = time.monotonic()
    message = await asyncio.to_thread(writer.say, at, reader.conversation_id, content)
    await reader.until_sequence(message["sequence"])
    return reader.times[reader.sequences.index(message["sequence"])] - began


async def is_live(writer: Person, at: LiveServer, reader: Reader) -> bool:
    """Whether one of a few things said reaches the reader sooner than the next look at what it missed.

    The first thing said shows nothing: the reader may look just then. What is said right after waits for the next look.
    """
    await hear_live(writer, at, reader, "first")
    for _ in range(TRIES):
        if await hear_live(writer, at, reader, "again") < POLL_SECONDS / 2:
            return True
    return False
