"""An event's iCalendar file as it is attached to mails."""

from __future__ import annotations

from domains.base.mail import Attachment
from domains.base.texts import clean_file_name
from domains.events.calendars import MEDIA_TYPE, Method, entry_of_event, write_calendar
from domains.events.models import Event, EventStatus


def calendar_file(event: Event) -> Attachment:
    """Return the file of an event that was read with its host and organization.

    That of a canceled event asks the calendar to remove the entry which an earlier mail brought.
    """
    method = Method.CANCEL if event.status == EventStatus.CANCELLED else Method.PUBLISH
    content = write_calendar([entry_of_event(event)], method=method)
    name = clean_file_name(event.title, fallback="event")
    return Attachment(f"{name}.ics", content, f"{MEDIA_TYPE}; method={method}")
