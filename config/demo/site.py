"""The demo site that the first crawl reads, served like any other site on the web."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db.models import Value
from django.db.models.functions import Replace
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils._os import safe_join

from domains.opportunities.models import Source

#: The only host name under which the site is served.
HOST = "127.0.0.1"
SITE_PATH = "/demo/site"
FOLDER = settings.BASE_DIR / "crawlers" / "demo_site"


def demo_site(request: HttpRequest, page: str = "index.html") -> HttpResponse:
    """Serve one file of the site, under one host name only: a crawl by another name would import everything twice."""
    name, _, port = request.get_host().rpartition(":")
    if name != HOST:
        return HttpResponseRedirect(f"http://{HOST}:{port if name else settings.PORT}{request.path}")
    try:
        file = Path(safe_join(FOLDER, page))
        content = file.read_bytes()
    except (SuspiciousFileOperation, OSError):
        raise Http404 from None
    return HttpResponse(content, content_type=mimetypes.guess_type(page)[0] or "application/octet-stream")


def move_demo_site(*, to: str) -> None:
    """Give what was crawled from the demo site its current address, because the port may have changed.

    The index page gets the address of the folder, whatever name it was crawled by before.
    """
    for source in Source.objects.filter(url__regex=rf"^http://(127\.0\.0\.1|localhost):\d+{SITE_PATH}/"):
        before = source.url.partition(SITE_PATH)[0] + SITE_PATH
        url = source.url.replace(before, to).removesuffix("index.html")
        if url == source.url or Source.objects.filter(kind=source.kind, url=url).exists():
            continue
        moved = {name: Replace(name, Value(before), Value(to)) for name in ("url", "external_id")}
        source.listings.update(**moved)
        Source.objects.filter(pk=source.pk).update(url=url)
