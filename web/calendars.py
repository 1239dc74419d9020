"""iCalendar files: of a public event, for everybody, and of a person's feed, for everybody with its secret address."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from domains.base.errors import RateLimited
from domains.events import services
from domains.events.calendars import CONTENT_TYPE, write_calendar
from domains.events.selectors import find_event_entry

EVENT_CACHE_SECONDS = 300
NO_CALENDAR = "There is no such calendar, or its address was replaced."


@csrf_exempt
@require_safe
def event_calendar(request: HttpRequest, event_id: int) -> HttpResponseBase:
    """Send the entry of an event; 404 unless everybody may see the event."""
    entry = find_event_entry(event_id=event_id)
    if entry is None:
        raise Http404("There is no such event.")
    response = _answer(request, write_calendar([entry]), f"event-{event_id}")
    response["Cache-Control"] = f"public, max-age={EVENT_CACHE_SECONDS}"
    return response


@csrf_exempt
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Send the feed; 404 if its address is invalid or was replaced, 429 if it is read too often."""
    try:
        content = services.read_calendar_feed(token=token)
    except RateLimited as limited:
        response = HttpResponse("This calendar is read too often.\n", content_type="text/plain", status=429)
        response["Retry-After"] = str(limited.problems[0].retry_after)
        return response
    if content is None:
        raise Http404(NO_CALENDAR)
    answer = _answer(request, content, "mishmob")
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _answer(request: HttpRequest, content: bytes, name: str) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        content,
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": f'inline; filename="{name}.ics"', "X-Content-Type-Options": "nosniff"},
    )
    response["ETag"] = etag
    return response
