"""What must be true after the faults: of the log in the database, of the acknowledgements, of every reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.benchmarks.soak_people import Reader, Writer
from tests.live_server import LiveServer

LIVE_WITHIN = 10.0

_READ_LOG = """
import json
from domains.base.models import OutboxEntry
from domains.messaging.models import Conversation, ConversationEvent, Message
from graphql_api.ids import key_for
key = key_for({id!r}, "Conversation")
log = ConversationEvent.objects.filter(conversation=key).order_by("pk")
print(json.dumps(dict(
    head=Conversation.objects.get(pk=key).last_sequence,
    log=[[sequence, str(client_id)] for sequence, client_id in log.values_list("sequence", "message__client_id")],
    messages=Message.objects.filter(conversation=key).count(),
    untold=OutboxEntry.objects.filter(delivered_at=None).count(),
)))
"""


@dataclass
class Fault:
    """Something that was killed, and when it was there again."""

    what: str
    killed_at: float
    repaired_at: float = 0.0


def read_log(server: LiveServer, conversation_id: str) -> dict[str, Any]:
    """Return what the database holds of the conversation, and how many facts are untold."""
    told: dict[str, Any] = json.loads(server.run(_READ_LOG.format(id=conversation_id)).splitlines()[-1])
    return told


def violations(log: dict[str, Any], writers: Sequence[Writer], readers: Sequence[Reader]) -> Iterator[str]:
    """Yield a sentence for everything that was lost, doubled, out of order or left out."""
    rows = [(sequence, client_id) for sequence, client_id in log["log"]]
    whole = list(range(1, log["head"] + 1))
    if [sequence for sequence, _ in rows] != whole:
        yield f"the log has gaps or doubles: {_differences(whole, [sequence for sequence, _ in rows])}"
    acknowledged = {client_id: sequence for writer in writers for client_id, sequence in writer.sequences.items()}
    stored = {client_id: sequence for sequence, client_id in rows}
    if log["messages"] != len(rows) or len(stored) != len(rows):
        yield f"{log['messages']} messages, {len(stored)} clientIds in {len(rows)} rows of the log"
    if acknowledged != stored:
        yield f"acknowledged and stored differ in {set(acknowledged.items()) ^ set(stored.items())}"
    for number, reader in enumerate(readers):
        heard = [(sequence, client_id) for sequence, client_id, _ in reader.events]
        if heard != rows:
            yield f"reader {number}: {_differences(whole, [sequence for sequence, _ in heard])}"
    if log["untold"]:
        yield f"{log['untold']} facts were never told"


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
                        for _, client_id, at in reader.events
                        if tried_at.get(client_id, 0) >= fault.repaired_at
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
