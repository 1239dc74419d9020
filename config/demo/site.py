"""The demo site that the first crawl reads, served like any other site on the web."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils._os import safe_join

FOLDER = settings.BASE_DIR / "crawlers" / "demo_site"


def demo_site(request: HttpRequest, page: str = "index.html") -> HttpResponse:
    """Serve one file of the site."""
    try:
        file = Path(safe_join(FOLDER, page))
    except SuspiciousFileOperation:
        raise Http404 from None
    if not file.is_file():
        raise Http404
    return HttpResponse(file.read_bytes(), content_type=mimetypes.guess_type(page)[0] or "application/octet-stream")
