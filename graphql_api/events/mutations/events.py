"""Mutations of events."""

from __future__ import annotations

import strawberry

from domains.events import services
from graphql_api.context import Info, signed_in
from graphql_api.events.inputs.events import CancelEventInput, CreateEventInput, PublishEventInput, UpdateEventInput
from graphql_api.events.types import Event
from graphql_api.mutations import mutation
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class EventMutations:
    """Root fields of the mutations."""

    @mutation(
        Event,
        description="Create an event, published unless `isDraft`. For an organization, only its owners and "
        "coordinators may do this. The caller needs a verified email address.",
    )
    def create_event(self, info: Info, input: CreateEventInput) -> object:
        host = input.host_id
        return services.create_event(
            actor=signed_in(info),
            host_id=None if host is None else known_or_nobody(host, "OpportunityHost"),
            draft=input.draft(),
            is_draft=input.is_draft,
        )

    @mutation(
        Event,
        description="Publish a draft, so that everyone can see it and claim tickets. Only the event's organizers may "
        "do this.",
    )
    def publish_event(self, info: Info, input: PublishEventInput) -> object:
        return services.publish_event(actor=signed_in(info), event_id=known_or_nobody(input.event_id, "Event"))

    @mutation(
        Event,
        description="Change an event. Ticket holders are notified of a new time or location. Only the "
        "event's organizers may do this.",
    )
    def update_event(self, info: Info, input: UpdateEventInput) -> object:
        return services.update_event(
            actor=signed_in(info), event_id=known_or_nobody(input.event_id, "Event"), changes=input.changes()
        )

    @mutation(
        Event,
        description="Cancel an event. Every ticket becomes CANCELLED, and its holder is notified once. Only the "
        "event's organizers may do this.",
    )
    def cancel_event(self, info: Info, input: CancelEventInput) -> object:
        return services.cancel_event(
            actor=signed_in(info), event_id=known_or_nobody(input.event_id, "Event"), reason=input.reason
        )
