"""Those who follow everything of theirs: they ask for what they missed, and merge it with what comes live."""

from __future__ import annotations

import asyncio
import random
from abc import abstractmethod
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson

from tests.benchmarks.raw_sockets import RawSocket, open_socket
from tests.benchmarks.soak_people import ANSWER_WITHIN, TROUBLE, Actor, Heard, end_of, heard_of
from tests.graphql_api.messaging.documents import CONVERSATIONS, EVENTS_SINCE, INBOX, MARK_READ
from tests.graphql_api.notifications.documents import FOLLOW as FOLLOW_NOTIFICATIONS
from tests.graphql_api.notifications.documents import LIST

#: Seconds that a subscription may take to begin: what is asked for then and what comes live leave no hole.
BEGINS_WITHIN = 2.0


@dataclass
class Follower(Actor):
    """Somebody with a subscription that begins with now: it is subscribed first, then what was missed is asked for."""

    document: ClassVar[str]
    connections: int = 0
    ends: list[str] = field(default_factory=list)
    #: What the server did wrong, in sentences.
    faults: list[str] = field(default_factory=list)
    #: What came live and waits until the catching up is done; None while it goes through.
    _held: list[dict[str, Any]] | None = None
    _is_behind: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """Follow until it is cancelled."""
        while True:
            try:
                await self._connect()
            except TROUBLE as error:
                self.ends.append(repr(error))
            await asyncio.sleep(random.uniform(0.2, 0.6))

    async def _connect(self) -> None:
        token = await self.token()
        socket = await asyncio.wait_for(open_socket(self.server.socket_url, self._hear), ANSWER_WITHIN)
        socket.pinged = self._look_at_heads
        self._held = []
        self._begin()
        try:
            await socket.log_in(token, ANSWER_WITHIN)
            socket.subscribe(self.document)
            self.connections += 1
            await asyncio.sleep(BEGINS_WITHIN)
            self._is_behind.set()
            catching_up = asyncio.create_task(self._keep_up(socket))
            try:
                await socket.is_lost.wait()
            finally:
                catching_up.cancel()
            self.ends.append(f"{socket.close_code} {socket.close_reason}")
        finally:
            socket.transport.abort()

    async def _keep_up(self, socket: RawSocket) -> None:
        try:
            while await self._is_behind.wait():
                self._is_behind.clear()
                self._held = self._held or []
                await self.catch_up()
                held, self._held = self._held, None
                for payload in held:
                    self.take(payload)
        except (*TROUBLE, KeyError, TypeError) as error:  # no answer, or one without data
            self.ends.append(repr(error))
            socket.transport.abort()

    def _hear(self, socket: RawSocket, message: bytes, at: float) -> None:
        heard = orjson.loads(message)
        data = heard.get("payload", {}).get("data") if heard["type"] == "next" else None
        if not data:
            self.ends.append(end_of(message))
            socket.transport.abort()
            return
        (payload,) = data.values()
        self.check(payload)
        if self._held is None:
            self.take(payload)
        else:
            self._held.append(payload)

    def _look_at_heads(self, socket: RawSocket, message: bytes, at: float) -> None:
        heads = (orjson.loads(message).get("payload") or {}).get("heads") or {}
        if self.is_behind(heads):
            self._is_behind.set()

    def _begin(self) -> None:
        """A connection begins."""

    def is_behind(self, heads: dict[str, int]) -> bool:
        """Return whether something is missing."""
        return False

    @abstractmethod
    def check(self, payload: dict[str, Any]) -> None:
        """Note what is wrong with it, as it comes live."""

    @abstractmethod
    def take(self, payload: dict[str, Any]) -> None:
        """Take what is new of it."""

    @abstractmethod
    async def catch_up(self) -> None:
        """Ask for what was missed, and take it."""


@dataclass
class InboxFollower(Follower):
    """Follows all conversations of one person, of which the one is looked at."""

    document = INBOX
    conversation_id: str = ""
    events: list[Heard] = field(default_factory=list)
    _live: int | None = None

    @property
    def last(self) -> int:
        """The last sequence that was taken."""
        return self.events[-1].sequence if self.events else 0

    def _begin(self) -> None:
        self._live = None

    def is_behind(self, heads: dict[str, int]) -> bool:
        return heads.get(self.conversation_id, 0) > self.last

    def check(self, payload: dict[str, Any]) -> None:
        sequence = payload["event"].get("sequence")
        if sequence is None or payload["conversation"]["id"] != self.conversation_id:
            return
        if self._live is not None and sequence != self._live + 1:
            self.faults.append(f"in one inboxEvents {sequence} came after {self._live}")
        self._live = sequence

    def take(self, payload: dict[str, Any]) -> None:
        event = payload["event"]
        if payload["conversation"]["id"] == self.conversation_id and event.get("sequence", 0) > self.last:
            if event["sequence"] > self.last + 1:
                self._is_behind.set()  # it came between the asking and the beginning: it is asked for
            else:
                self.events.append(heard_of(event))

    async def catch_up(self) -> None:
        answer = await self.ask(CONVERSATIONS, first=50)
        nodes = [edge["node"] for edge in answer["data"]["conversations"]["edges"]]
        (head,) = [node["lastSequence"] for node in nodes if node["id"] == self.conversation_id]
        while self.last < head:
            found = await self.ask(EVENTS_SINCE, id=self.conversation_id, afterSequence=self.last, first=100)
            self.events += [heard_of(event) for event in found["data"]["conversation"]["events"]]


@dataclass
class NotificationFollower(Follower):
    """Follows what one person is told, and reads the conversation now and then, so that the next message tells anew."""

    document = FOLLOW_NOTIFICATIONS
    #: Their ids, in the order of arrival.
    told: list[int] = field(default_factory=list)
    _live: list[int] = field(default_factory=list)

    def check(self, payload: dict[str, Any]) -> None:
        key = _key(payload)
        if self._live and key <= self._live[-1]:
            self.faults.append(f"notification {key} came live after {self._live[-1]}")
        self._live.append(key)

    def take(self, payload: dict[str, Any]) -> None:
        key = _key(payload)
        if key not in self.told:
            self.told.append(key)

    async def catch_up(self) -> None:
        answer = await self.ask(LIST, first=100)
        for edge in reversed(answer["data"]["notifications"]["edges"]):
            self.take(edge["node"])

    async def read(self, conversation_id: str, head: Any, enough: asyncio.Event) -> None:
        """Mark what was said read, until it is enough; a message that comes meanwhile leaves all of it unread."""
        while not enough.is_set():
            await asyncio.sleep(random.uniform(0.5, 1.5))
            await self.insist(MARK_READ, conversationId=conversation_id, upToSequence=head())


def _key(node: dict[str, Any]) -> int:
    return int(b64decode(node["id"]).decode().partition(":")[2])
