"""Reactions to facts about organizations."""

from domains.base import bus
from domains.events import services
from domains.opportunities.facts import HostWoundUp


@bus.listen(HostWoundUp)
def cancel_events_of_host(fact: HostWoundUp) -> None:
    """Cancels the events of an organization that nobody runs any more."""
    services.cancel_events_of_host(host_id=fact.host_id)
