"""The unsubscribe page: GET changes nothing; its button, or the one of a mail program, sends a POST that does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from domains.base.errors import NotFound
from domains.notifications import services
from web.mailed_pages import render_mailed_page


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
    return render_mailed_page(request, "unsubscribe.html", context, status)
