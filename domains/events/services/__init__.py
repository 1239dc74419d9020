"""The acts on events and tickets, one file each."""

from domains.events.services.cancel_event import cancel_by_staff, cancel_event
from domains.events.services.cancel_events_of_host import cancel_events_of_host
from domains.events.services.create_event import create_event
from domains.events.services.drafts import UNCHANGED, EventChanges, EventDraft, Unchanged
from domains.events.services.erase_attendee import erase_attendee
from domains.events.services.publish_event import publish_event
from domains.events.services.update_event import update_event
