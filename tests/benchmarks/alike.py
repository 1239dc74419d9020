"""Whether the time of an answer tells that an address has an account: `make alike`, or this module.

Starts a server of its own, without rate limits, and sends each operation in turn with an address that has an account
and with one that has none. Prints the medians, their difference, and how well the time alone would tell the two apart
(0.5: not at all; 1: always). Fails if a difference of medians is above MAX_GAP_MS.
"""

from __future__ import annotations

import http.client
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.live_server import LiveServer

TRIES = 200
MAX_GAP_MS = 10.0
PASSWORD = "seven quiet otters knitting"
MAKE = (
    "from domains.accounts.models import User; from allauth.account.models import EmailAddress\n"
    "from django.contrib.auth.hashers import make_password\n"
    "encoded = make_password('the own long password')\n"
    "users = [User.objects.create_user(f'known{n}@example.org', display_name='A') for n in range(%d)]\n"
    "User.objects.update(password=encoded)\n"
    "EmailAddress.objects.bulk_create("
    "EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users)"
)
REFUSED = "... on OperationInfo { messages { code } }"
OPERATIONS = {
    "logIn": (
        f"mutation M($input: LogInInput!) {{ logIn(input: $input) {{ __typename {REFUSED} }} }}",
        {"password": PASSWORD},
    ),
    "signUp": (
        f"mutation M($input: SignUpInput!) {{ signUp(input: $input) {{ __typename {REFUSED} }} }}",
        {"password": PASSWORD, "displayName": "Ada"},
    ),
    "requestPasswordReset": (
        "mutation M($input: RequestPasswordResetInput!) "
        f"{{ requestPasswordReset(input: $input) {{ __typename {REFUSED} }} }}",
        {},
    ),
}


def milliseconds(connection: http.client.HTTPConnection, document: str, wish: dict[str, Any]) -> tuple[float, Any]:
    """Return how long the answer took, and the answer."""
    body = json.dumps({"query": document, "variables": {"input": wish}})
    began = time.perf_counter()
    connection.request("POST", "/graphql/", body, {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    return (time.perf_counter() - began) * 1000, answer


def told_apart(known: list[float], unknown: list[float]) -> float:
    """Return how often a time of one kind is above one of the other (the area under the ROC curve), from 0.5 to 1."""
    above = sum((one > other) + (one == other) / 2 for one in known for other in unknown) / (len(known) * len(unknown))
    return max(above, 1 - above)


def measure(server: LiveServer, name: str) -> float:
    """Send the operation with known and unknown addresses in turn, print the figures, return the gap in ms."""
    document, given = OPERATIONS[name]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    answers: dict[str, set[str]] = {"known": set(), "unknown": set()}
    for number in range(TRIES):
        for kind in random.sample(sorted(times), 2):
            taken, answer = milliseconds(connection, document, {**given, "email": f"{kind}{number}@example.org"})
            times[kind].append(taken)
            answers[kind].add(json.dumps(answer).replace(kind, ""))
    medians = {kind: statistics.median(taken) for kind, taken in times.items()}
    gap = abs(medians["known"] - medians["unknown"])
    same = "same answer" if answers["known"] == answers["unknown"] else f"DIFFERENT ANSWERS: {answers}"
    print(
        f"{name:22} known {medians['known']:7.1f} ms, unknown {medians['unknown']:7.1f} ms, apart {gap:4.1f} ms, "
        f"told apart {told_apart(times['known'], times['unknown']):.2f}; {same}",
        flush=True,
    )
    return gap if answers["known"] == answers["unknown"] else MAX_GAP_MS + 1


def main() -> int:
    """Measure all operations; return 1 if one tells the two apart."""
    with tempfile.TemporaryDirectory() as folder:
        server = LiveServer(
            "alike",
            DATABASE_URL=f"sqlite:///{folder}/alike.sqlite3",
            EMAIL_URL=f"filemail://{Path(folder, 'mail')}",
            RATE_LIMITS="off",
        )
        server.fill()
        server.start()
        try:
            server.run(MAKE % TRIES)
            gaps = [measure(server, name) for name in OPERATIONS]
        finally:
            server.kill()
    return int(max(gaps) > MAX_GAP_MS)


if __name__ == "__main__":
    sys.exit(main())
