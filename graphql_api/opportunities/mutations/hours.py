"""Mutations of hours and service records."""

from __future__ import annotations

import strawberry

from domains.opportunities import services
from graphql_api.context import Info, signed_in
from graphql_api.mutations import mutation
from graphql_api.opportunities.inputs.hours import (
    CreateServiceRecordInput,
    LogHoursInput,
    ReviewHoursInput,
    RevokeServiceRecordInput,
)
from graphql_api.opportunities.types import HoursEntry, ServiceRecord
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class HoursMutations:
    """Root fields of the mutations."""

    @mutation(
        HoursEntry,
        description="Log hours that you worked, for the host to review; or confirm hours that check-in at an event "
        "proposes, with the values that you change. New hours replace proposed hours at that time. Logging the same "
        "hours again, or confirming again, returns the first entry. Needs a login.",
    )
    def log_hours(self, info: Info, input: LogHoursInput) -> object:
        application, entry, corrects = input.application_id, input.hours_entry_id, input.corrects_id
        return services.log_hours(
            actor=signed_in(info),
            application_id=None if application is None else known_or_nobody(application, "Application"),
            hours_entry_id=None if entry is None else known_or_nobody(entry, "HoursEntry"),
            started_at=input.started_at,
            ended_at=input.ended_at,
            note=input.note,
            corrects_id=None if corrects is None else known_or_nobody(corrects, "HoursEntry"),
        )

    @mutation(
        HoursEntry,
        description="Approve or reject logged hours. Only the host's owners and coordinators may do this, and never "
        "for their own hours.",
    )
    def review_hours(self, info: Info, input: ReviewHoursInput) -> object:
        return services.review_hours(
            actor=signed_in(info),
            hours_entry_id=known_or_nobody(input.hours_entry_id, "HoursEntry"),
            approve=input.approve,
            note=input.note,
        )

    @mutation(
        ServiceRecord,
        description="Create a signed, public record of your approved hours that you can share. Needs a login.",
    )
    def create_service_record(self, info: Info, input: CreateServiceRecordInput) -> object:
        return services.create_service_record(actor=signed_in(info), since=input.since, until=input.until)

    @mutation(
        ServiceRecord, description="Revoke your service record. Its page then says only that the record was revoked."
    )
    def revoke_service_record(self, info: Info, input: RevokeServiceRecordInput) -> object:
        return services.revoke_service_record(
            actor=signed_in(info), record_id=known_or_nobody(input.record_id, "ServiceRecord")
        )
