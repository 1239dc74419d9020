"""The printable page of a ticket and the images of its QR code, for everybody with a link that still works.

A link is its own permission, so nothing here is stored by shared caches or found by search engines. The right of the
person whom the link was made for, and the ticket's current code, are checked each time.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from domains.base.files import SAFE_HEADERS
from domains.events import services
from domains.events.codes import code_of
from domains.events.models import EventTicket
from domains.events.qr_images import ImageForm, etag_of, group_letters, image_of
from domains.events.selectors import find_linked_ticket

PAGE_HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
IMAGE_HEADERS = {
    # A browser keeps the image, but asks each time whether the link still works.
    "Cache-Control": "private, no-cache",
    "Cross-Origin-Resource-Policy": "cross-origin",
    **SAFE_HEADERS,
}
MEDIA_TYPES = {ImageForm.PNG: "image/png", ImageForm.SVG: "image/svg+xml"}
#: Status, title and advice of the pages without a ticket; they say nothing about it.
UNKNOWN = (
    404,
    "There is no ticket here",
    "The link has expired, or the ticket has a new code. Open the ticket in your app again, or use the link in the "
    "latest mail about it.",
)
INVALID = (
    410,
    "This ticket is no longer valid",
    "It was canceled or revoked, or the event was canceled. Your app says what happened.",
)


@csrf_exempt
@require_safe
def ticket_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the ticket; 404 if the link is invalid, expired or replaced, 410 if a mailed ticket lets nobody in now."""
    linked = find_linked_ticket(token=token)
    if linked is None:
        return _missing(request, *UNKNOWN)
    if linked.is_mailed and not services.shows_code(linked.ticket):
        return _missing(request, *INVALID)
    response = HttpResponse(services.render_ticket_page(linked.ticket), headers=PAGE_HEADERS)
    response["Content-Security-Policy"] = _policy(services.style_source())
    return response


@csrf_exempt
@require_safe
def ticket_qr(request: HttpRequest, token: str, form: str) -> HttpResponseBase:
    """Send the QR code with the code to type below it; 404 if the link, the right or the code has ended."""
    linked = find_linked_ticket(token=token)
    if linked is None or not services.shows_code(linked.ticket):
        raise Http404(UNKNOWN[1])
    return _image(request, linked.ticket, ImageForm(form))


def _image(request: HttpRequest, ticket: EventTicket, form: ImageForm) -> HttpResponseBase:
    code, letters = code_of(ticket), group_letters(ticket.ticket_code)
    etag = etag_of(form, code=code, letters=letters)
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(
        image_of(form, code=code, letters=letters),
        content_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'inline; filename="ticket-qr.{form}"'},
    )
    for name, value in {**IMAGE_HEADERS, "ETag": etag}.items():
        response[name] = value
    return response


def _missing(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    response = render(request, "missing_page.html", {"title": title, "advice": advice}, status=status)
    for name, value in PAGE_HEADERS.items():
        response[name] = value
    response["Content-Security-Policy"] = _policy("'self'")
    return response


def _policy(styles: str) -> str:
    """Return the content security policy of a page that runs no script and loads nothing from elsewhere."""
    return (
        f"default-src 'none'; style-src {styles}; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
