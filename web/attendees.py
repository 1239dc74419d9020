"""An event's attendee list as a CSV file, for the manager who has a link that still works."""

from __future__ import annotations

import logging

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from domains.base.spreadsheets import csv_response
from domains.events.selectors import (
    attendee_columns,
    event_time_zone,
    find_attendee_rows,
    find_linked_attendees,
    find_tickets,
)

logger = logging.getLogger(__name__)

NO_LIST = "There is no such list, or the link has expired."


@csrf_exempt
@require_safe
async def attendees_file(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """Send the list; 404 if the link is invalid or expired, or its viewer does not manage the event any more.

    Managers do not see the addresses of attendees, so the list has none.
    """
    linked = await sync_to_async(find_linked_attendees)(token=token)
    if linked is None:
        raise Http404(NO_LIST)
    event, zone = linked.event, event_time_zone(linked.event)
    logger.info("user %s exports the attendees of event %s", linked.viewer.pk, event.pk)
    tickets = find_tickets(viewer=linked.viewer).filter(event=event)
    return csv_response(
        request,
        filename=f"attendees-{timezone.now():%Y-%m-%d}.csv",
        header=attendee_columns(zone=zone, has_addresses=False),
        pages=find_attendee_rows(tickets, zone=zone, has_addresses=False),
    )
