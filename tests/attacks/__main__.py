"""Replays every attack and prints what it cost beside the limits: `make attacks`, or `make attacks ONLY=head`.

It starts servers on databases of its own, and ends with 1 where a limit was passed. Those of slow services need
PostgreSQL (TEST_POSTGRES_URL) and the program redis-server; it says so where they are missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.attacks import callers, connections, crawled, documents, slow_services
from tests.attacks.attack import Attack, Outcome, Town
from tests.live_server import LiveServer

#: The attacks, by what RATE_LIMITS is while they run: a refusal is measured many times in a row.
ROUNDS = (
    ("off", [*documents.ATTACKS, *connections.ATTACKS, *crawled.ATTACKS]),
    ("on", callers.ATTACKS),
    ("on", slow_services.ATTACKS),
)
WIDTH = 44


def main() -> int:
    """Run the attacks that were asked for; return how many passed a limit."""
    parser = argparse.ArgumentParser(prog="make attacks", description=__doc__)
    parser.add_argument("--only", default="", help="the attacks whose finding holds this text")
    parser.add_argument("--no-cpu", action="store_true", help="do not judge by processor time: the machine is busy")
    parser.add_argument("--embedded", action="store_true", help="leave out those that need PostgreSQL and Redis")
    options = parser.parse_args()
    print(f"{'attack':{WIDTH}} {'CPU ms':>8} {'at most':>8} {'bytes':>12} {'at most':>12}  outcome")
    failed, missing = 0, "--embedded was given" if options.embedded else slow_services.missing()
    for rates, attacks in ROUNDS:
        asked = [attack for attack in attacks if options.only in attack.finding]
        if missing and asked and attacks is slow_services.ATTACKS:
            print(f"Left out, because {missing}: {', '.join(attack.finding for attack in asked)}")
        elif asked:
            with town(rates, with_cpu=not options.no_cpu) as target:
                failed += sum(not replay(attack, target) for attack in asked)
    return failed


def replay(attack: Attack, target: Town) -> bool:
    """Run one attack, print its line, and tell whether it stayed within its limits."""
    try:
        outcome = attack.act(target)
    except OSError as error:
        outcome = Outcome("no answer", faults=[repr(error)])
    faults = attack.faults(outcome, with_cpu=target.with_cpu)
    cpu = "" if outcome.cpu is None else f"{outcome.cpu:.1f}"
    most = "" if attack.max_cpu is None or outcome.cpu is None else f"{attack.max_cpu:.0f}"
    verdict = f"FAILED: {'; '.join(faults)} ({outcome.said})" if faults else outcome.said
    print(
        f"{attack.finding:{WIDTH}} {cpu:>8} {most:>8} {outcome.bytes:>12,} {attack.max_bytes:>12,}  {verdict}",
        flush=True,
    )
    return not faults


@contextmanager
def town(rates: str, *, with_cpu: bool) -> Iterator[Town]:
    """Start a server with people and opportunities at the limits of what hosts may write."""
    with tempfile.TemporaryDirectory() as folder:
        server = LiveServer(
            f"attacks-{rates}", DATABASE_URL=f"sqlite:///{Path(folder, 'town.sqlite3')}", RATE_LIMITS=rates
        )
        server.fill()
        token, *pairs = server.run("from tests.attacks.town import build; build()").splitlines()
        server.start()
        try:
            yield Town(server, token, dict(pair.split("=", 1) for pair in pairs), with_cpu)
        finally:
            server.kill()


if __name__ == "__main__":
    sys.exit(main())
