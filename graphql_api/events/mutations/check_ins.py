"""Mutations of check-in."""

from __future__ import annotations

import strawberry

from domains.events import services
from graphql_api.context import Info, signed_in
from graphql_api.events.inputs.check_ins import CheckInInput, SyncCheckInsInput
from graphql_api.events.types import CheckInBatch, CheckInResult
from graphql_api.mutations import mutation
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class CheckInMutations:
    """Root fields of the mutations."""

    @mutation(
        CheckInResult,
        description="Check a person in or out. Every scan is stored, also a refused one. Only the event's organizers "
        "and the scanners of its organization may do this.",
        locked_by=("code",),
    )
    def check_in(self, info: Info, input: CheckInInput) -> object:
        scan = services.check_in(
            actor=signed_in(info),
            event_id=known_or_nobody(input.event_id, "Event"),
            code=input.code,
            nonce=input.nonce,
            direction=input.direction,
        )
        return CheckInResult.of(scan)

    @mutation(
        CheckInBatch,
        description="Upload scans that a device made offline. Each is decided by its `scannedAt`. If one of them is "
        "refused (a bad nonce or time), nothing is stored, and the messages name the scans in `field`, such as "
        "`scans.17.scannedAt`: correct them or leave them out, and send the others again. Only the event's organizers "
        "and the scanners of its organization may do this.",
    )
    def sync_check_ins(self, info: Info, input: SyncCheckInsInput) -> object:
        scans = services.sync_check_ins(
            actor=signed_in(info),
            event_id=known_or_nobody(input.event_id, "Event"),
            device_id=input.device_id,
            scans=[one.scan() for one in input.scans],
        )
        admitted = sum(scan.has_passed for scan in scans)
        results = [CheckInResult.of(scan) for scan in scans]
        return CheckInBatch(results=results, admitted=admitted, refused=len(results) - admitted)
