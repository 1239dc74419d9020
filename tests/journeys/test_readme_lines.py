"""The lines that the README lets a frontend copy: compiled and run as they are printed, with nothing beside them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.live_server import ROOT, LiveServer
from tests.npm_clients import WEB, find_node

pytestmark = pytest.mark.skipif(
    not (find_node() and (WEB / "node_modules" / "graphql-ws").is_dir()) and "CI" not in os.environ,
    reason="needs the npm packages: make web",
)

#: What `npm install graphql-ws` installs: itself, and the peer that it names.
INSTALLED = ("graphql-ws", "graphql")
#: As strict as any frontend is; each file stands alone, as it does for Vite, Next and Metro.
OPTIONS = {
    "target": "ES2022",
    "lib": ["ES2022", "DOM"],
    "module": "ESNext",
    "moduleResolution": "Bundler",
    "types": [],
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "noImplicitReturns": True,
    "noUnusedLocals": True,
    "noUnusedParameters": True,
    "isolatedModules": True,
    "verbatimModuleSyntax": True,
    "skipLibCheck": True,
    "outDir": "out",
}
#: What a frontend adds to them; the names in the README's example are what it has already.
AROUND = """
import { connect, follow, type ConversationEvent } from './follow'
declare const authorization: () => Promise<string>
declare const conversationId: string
declare const lastSequenceYouHave: number
declare function show(event: ConversationEvent): void
"""
RUN = """
import { connect, follow } from './out/follow.js'
const [url, email, peer, sockets] = process.argv.slice(2)
globalThis.WebSocket ??= (await import(sockets)).WebSocket
async function ask(query, input, more = {}) {
  const body = JSON.stringify({ query, variables: { input } })
  const headers = { 'Content-Type': 'application/json', ...more }
  const answer = await fetch(`${url}/graphql/`, { method: 'POST', body, headers })
  return Object.values((await answer.json()).data)[0]
}
const logIn = async (email) => {
  const session = '... on AuthSession { accessToken user { id } }'
  return ask(`mutation ($input: DevLogInInput!) { devLogIn(input: $input) { ${session} } }`, { email })
}
const [me, other] = [await logIn(email), await logIn(peer)]
const authorization = async () => `Bearer ${me.accessToken}`
const start = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { ... on Conversation { id } }
}`
const headers = { Authorization: await authorization() }
const { id } = await ask(start, { participantIds: [other.user.id], isGroup: true }, headers)
const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }'
const say = (content) => ask(send, { conversationId: id, content, clientId: crypto.randomUUID() }, headers)
await say('before')
const client = connect(`${url.replace('http', 'ws')}/graphql/`, authorization)
const told = []
const stop = follow(client, id, async (event) => {
  told.push(event)
  if (event.message?.content === 'before') await say('live')
  if (event.message?.content !== 'live') return
  stop()
  console.log(JSON.stringify(told))
  process.exit()
})
"""


def printed_lines() -> tuple[str, str]:
    """Return the TypeScript of the README: what is to be copied, and how it is used."""
    copied, used = re.findall(r"^```ts\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return copied, used


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    """A folder with the printed lines and with what npm installs for them, and nothing else."""
    copied, used = printed_lines()
    (tmp_path / "follow.ts").write_text(copied)
    (tmp_path / "used.ts").write_text(AROUND + used + "\nstop()\n")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "files": ["used.ts"]}))
    for package in INSTALLED:
        shutil.copytree(WEB / "node_modules" / package, tmp_path / "node_modules" / package)
    return tmp_path


def node(*arguments: str, cwd: Path) -> str:
    program = find_node()
    assert program
    done = subprocess.run([program, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_printed_lines_compile_and_follow_a_conversation(frontend: Path, community_server: LiveServer) -> None:
    node(str(WEB / "node_modules" / "typescript" / "bin" / "tsc"), cwd=frontend)
    (frontend / "run.js").write_text(RUN)
    sockets = (WEB / "node_modules" / "ws" / "wrapper.mjs").as_uri()
    told = node("run.js", community_server.url, "volunteer@demo.example", "host@demo.example", sockets, cwd=frontend)
    sent = [event for event in json.loads(told) if event["__typename"] == "MessageSent"]
    assert [event["message"]["content"] for event in sent] == ["before", "live"]


def test_nothing_is_imported_but_what_the_readme_names() -> None:
    copied, used = printed_lines()
    assert re.findall(r"from '([^']+)'", copied) == ["graphql-ws"]
    assert "?raw" not in copied + used
    assert "npm install graphql-ws" in (ROOT / "README.md").read_text()
