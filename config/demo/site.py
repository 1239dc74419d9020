"""The demo site that the first crawl reads, served like any other site on the web."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db.models import Value
from django.db.models.functions import Replace
from django.http import Http404, HttpRequest, HttpResponse
from django.utils._os import safe_join

from domains.opportunities.models import Source

MARK = "/demo/site"
FOLDER = settings.BASE_DIR / "crawlers" / "demo_site"


def demo_site(request: HttpRequest, page: str = "index.html") -> HttpResponse:
    """Serve one file of the site."""
    try:
        file = Path(safe_join(FOLDER, page))
        content = file.read_bytes()
    except (SuspiciousFileOperation, OSError):
        raise Http404 from None
    return HttpResponse(content, content_type=mimetypes.guess_type(page)[0] or "application/octet-stream")


def move_demo_site(*, to: str) -> None:
    """Let what was crawled from the demo site be known by its present address: the port may be another today."""
    for source in Source.objects.filter(url__startswith="http://127.0.0.1:", url__contains=MARK):
        before = source.url.partition(MARK)[0] + MARK
        if before != to:
            moved = {name: Replace(name, Value(before), Value(to)) for name in ("url", "external_id")}
            source.listings.update(**moved)
            Source.objects.filter(pk=source.pk).update(url=Replace("url", Value(before), Value(to)))
