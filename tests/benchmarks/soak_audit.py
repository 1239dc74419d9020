"""What must be true after the faults: of the log in the database, of the acknowledgements, of every reader."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.benchmarks.soak_people import Heard, Host, Reader, Writer
from tests.live_server import ROOT, LiveServer

KINDS = {"MessageSent", "MessageEdited", "MessageDeleted", "MessageReacted", "ParticipantsChanged"}

LIVE_WITHIN = 10.0

_READ_LOG = """
import json
from strawberry.relay import to_base64
from domains.base.models import OutboxEntry
from domains.messaging.models import Conversation, ConversationEvent, Message
from domains.notifications.models import Notification
from graphql_api.relay.ids import known_or_nobody
key = known_or_nobody({id!r}, "Conversation")
def about(row):
    if not row.message_id:
        return ""
    shows_it = row.kind in ("MESSAGE_SENT", "MESSAGE_EDITED")
    return str(row.message.client_id) if shows_it else to_base64("Message", row.message_id)
log = ConversationEvent.objects.filter(conversation=key).select_related("message").order_by("pk")
told = Notification.objects.filter(recipient__email={email!r}).order_by("pk")
print(json.dumps(dict(
    head=Conversation.objects.get(pk=key).last_sequence,
    log=[[row.sequence, row.kind.title().replace("_", ""), about(row)] for row in log],
    messages=Message.objects.filter(conversation=key).count(),
    untold=OutboxEntry.objects.filter(done_at=None).count(),
    notifications=list(told.values_list("pk", flat=True)),
)))
"""


@dataclass
class Fault:
    """Something that was killed, and when it was there again."""

    what: str
    killed_at: float
    repaired_at: float = 0.0


def read_log(server: LiveServer, conversation_id: str, notified: str) -> dict[str, Any]:
    """Return what the database holds of the conversation and of what one person was told, and what is untold."""
    code = _READ_LOG.format(id=conversation_id, email=notified)
    told: dict[str, Any] = json.loads(server.run(code).splitlines()[-1])
    return told


def broken_invariants(server: LiveServer) -> list[str]:
    """Return a sentence for everything that must always hold of the whole database and its files, and does not."""
    command = [sys.executable, "manage.py", "check_invariants", "--json", "--files"]
    ran = subprocess.run(command, cwd=ROOT, env=server.environ, check=False, capture_output=True, text=True)
    if not ran.stdout:
        return [f"the invariants could not be looked at: {ran.stderr[-500:]}"]
    looked_at = json.loads(ran.stdout)["invariants"]
    broken = [one for one in looked_at if not one["holds"]]
    return [f"{one['name']}: {one['how_many']} {one['of']}, such as {one['examples']}" for one in broken]


def violations(log: dict[str, Any], writers: Sequence[Writer], readers: Sequence[Reader]) -> Iterator[str]:
    """Yield a sentence for everything that was lost, doubled, out of order or left out."""
    rows = log["log"]
    whole = list(range(1, log["head"] + 1))
    if [sequence for sequence, _, _ in rows] != whole:
        yield f"the log has gaps or doubles: {_differences(whole, [sequence for sequence, _, _ in rows])}"
    if missing := KINDS - {kind for _, kind, _ in rows}:
        yield f"nothing of the kinds {missing} happened"
    acknowledged = {client_id: sequence for writer in writers for client_id, sequence in writer.sequences.items()}
    sent = [(client_id, sequence) for sequence, kind, client_id in rows if kind == "MessageSent"]
    if not log["messages"] == len(sent) == len(dict(sent)):
        yield f"{log['messages']} messages, {len(dict(sent))} clientIds in {len(sent)} rows of the log"
    if acknowledged != dict(sent):
        yield f"acknowledged and stored differ in {set(acknowledged.items()) ^ set(sent)}"
    for number, reader in enumerate(readers):
        yield from differences(log, f"reader {number}", reader.events)
    if log["untold"]:
        yield f"{log['untold']} facts were never told"


def differences(log: dict[str, Any], who: str, events: Sequence[Heard]) -> Iterator[str]:
    """Yield a sentence if somebody did not hear the whole log, once and in order."""
    heard = [[event.sequence, event.kind, event.about] for event in events]
    if heard != log["log"]:
        whole, found = [row[0] for row in log["log"]], [event.sequence for event in events]
        other = [pair for pair in zip(log["log"], heard, strict=False) if pair[0] != pair[1]][:2]
        yield f"{who}: {_differences(whole, found)}; the first that differ: {other}"


def leaks(log: dict[str, Any], host: Host, guest: Reader) -> Iterator[str]:
    """Yield a sentence for everything that whoever was removed heard of before they were added again."""
    moves = [sequence for sequence, kind, _ in log["log"] if kind == "ParticipantsChanged"]
    if len(moves) != 2 * len(host.added_at):
        yield f"{len(moves)} changes of participants, of {len(host.added_at)} times out and in"
    for removed, added_at in zip(moves[::2], host.added_at, strict=False):
        if early := [event for event in guest.events if event.sequence > removed and event.at < added_at]:
            yield f"removed by {removed}, and heard of {early[:3]}"


def recoveries(
    faults: Iterable[Fault], writers: Sequence[Writer], readers: Sequence[Reader]
) -> Iterator[tuple[Fault, list[float]]]:
    """Yield, for each fault, how long after its repair each reader had a message first tried after the repair."""
    tried_at = {client_id: at for writer in writers for client_id, at in writer.tried_at.items()}
    for fault in faults:
        yield (
            fault,
            [
                min(
                    (
                        at - fault.repaired_at
                        for _, kind, client_id, at in reader.events
                        if kind == "MessageSent" and tried_at.get(client_id, 0) >= fault.repaired_at
                    ),
                    default=float("inf"),
                )
                for reader in readers
            ],
        )


def _differences(expected: Sequence[int], found: Sequence[int]) -> str:
    lost = sorted(set(expected) - set(found))
    doubled = sorted({sequence for sequence in found if found.count(sequence) > 1})
    disorder = [pair for pair in pairwise(found) if pair[0] >= pair[1]]
    return f"lost {lost[:10]}, doubled {doubled[:10]}, out of order {disorder[:10]}"
