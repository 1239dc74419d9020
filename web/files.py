"""Serves stored files to those whose link allows it, never as content that a browser would run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.files import File
from django.core.handlers.asgi import ASGIRequest
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from domains.accounts.selectors import find_linked_export, find_linked_picture
from domains.base import gate_slot
from domains.base.files import SAFE_HEADERS
from domains.messaging.models import MessageAttachment
from domains.messaging.selectors import get_linked_attachment
from domains.messaging.tokens import LINK_LIFETIME_SECONDS

PIECE = 64 * 1024
NO_FILE = "There is no such file, or the link has run out."
HEADERS = {
    # No shared cache may keep a file, since rights end, and no cache longer than its link is valid.
    "Cache-Control": f"private, max-age={LINK_LIFETIME_SECONDS}",
    "Cross-Origin-Resource-Policy": "cross-origin",
    **SAFE_HEADERS,
}


@csrf_exempt
@require_safe
async def attachment_file(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """Send the file of the link; 404 if the link is invalid or expired, or its user may not read the file now."""
    attachment = await sync_to_async(get_linked_attachment)(token=token)
    if attachment is None:
        raise Http404(NO_FILE)
    file = await sync_to_async(_open)(attachment.file)
    response = _send(request, file, _media_type(attachment), attachment.size)
    # An `img` still displays it; opened directly, an uploaded file is never rendered as a page of this server.
    named = content_disposition_header(as_attachment=True, filename=attachment.filename)
    response["Content-Disposition"] = named or "attachment"
    return response


@csrf_exempt
@require_safe
async def picture_file(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """Send the profile picture of the link; 404 if the link is invalid or expired, or the picture was removed."""
    picture = await sync_to_async(find_linked_picture)(token=token)
    if picture is None:
        raise Http404(NO_FILE)
    file = await sync_to_async(_open)(picture)
    return _send(request, file, "image/webp", file.size)


@csrf_exempt
@require_safe
async def export_file(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """Send the export of the link; 404 if the link is invalid or expired, or the export or its account has ended."""
    export = await sync_to_async(find_linked_export)(token=token)
    if export is None:
        raise Http404(NO_FILE)
    file = await sync_to_async(_open)(export.file)
    response = _send(request, file, "application/zip", file.size)
    response["Content-Disposition"] = f'attachment; filename="my-data-{export.created_at:%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _open(file: FieldFile) -> File[Any]:
    try:
        with gate_slot.released():
            return file.open("rb")
    except FileNotFoundError:
        raise Http404("There is no such file any more.") from None


def _send(request: HttpRequest, file: File[Any], media_type: str, size: int) -> StreamingHttpResponse:
    pieces = _async_pieces(file) if isinstance(request, ASGIRequest) else _pieces(file)
    response = StreamingHttpResponse(pieces, content_type=media_type, headers=HEADERS)
    response["Content-Length"] = str(size)
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]
    return response


def _media_type(attachment: MessageAttachment) -> str:
    is_text = attachment.content_type.startswith("text/")
    return f"{attachment.content_type}; charset=utf-8" if is_text else attachment.content_type


def _pieces(file: File[Any]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


async def _async_pieces(file: File[Any]) -> AsyncIterator[bytes]:
    while piece := await sync_to_async(file.read)(PIECE):
        yield piece
