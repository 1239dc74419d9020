"""Attacks that are many requests: the greatest documents one after another, from somebody and from nobody."""

from __future__ import annotations

from functools import partial

from tests.attacks.attack import Attack, Outcome, Town

#: A document near the greatest cost, answered at once because nothing is there, and how often it is sent: the bucket
#: holds ten of the greatest.
ROLES = "roles { id title skills { skill { id name } } eligibility { isEligible } myApplication { id status } }"
DOCUMENT = f'{{ opportunities(first: 100, filters: {{locationZip: "99950"}}) {{ nodes {{ id title {ROLES} }} }} }}'
TIMES = 60


def flood(town: Town, *, signed_in: bool) -> Outcome:
    replies = [town.post(DOCUMENT, signed_in=signed_in) for _ in range(TIMES)]
    refused = [reply for reply in replies if reply.status == 429]
    faults = [] if refused else ["nothing was refused"]
    if any("RATE_LIMITED" not in reply.codes or not reply.headers.get("Retry-After") for reply in refused):
        faults.append("refused without RATE_LIMITED or Retry-After")
    said = f"{TIMES - len(refused)} of {TIMES} answered"
    return Outcome(said, max(len(reply.body) for reply in replies), faults=faults)


ATTACKS = [
    Attack("a stranger's flood of costly documents", partial(flood, signed_in=False)),
    Attack("a volunteer's flood of costly documents", partial(flood, signed_in=True)),
]
