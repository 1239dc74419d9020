"""The unsubscribe page: GET changes nothing; its button, or the one of a mail program, sends a POST that does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from domains.base.errors import NotFound
from domains.notifications import services

HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for confirmation on GET; on POST end the mails, or resume them if the form says `again`."""
    status = 200
    try:
        if request.method != "POST":
            context = {"state": "asked", "topic": services.find_topic(token=token)}
        elif request.POST.get("again"):
            context = {"state": "again", "topic": services.resubscribe(token=token)}
        else:
            context = {"state": "ended", "topic": services.unsubscribe(token=token)}
    except NotFound:
        status, context = 404, {"state": "unknown"}
    response = render(request, "unsubscribe.html", context, status=status)
    for name, value in HEADERS.items():
        response[name] = value
    return response
