"""Tables as CSV files that spreadsheets open safely, sent piece by piece."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from functools import partial

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from domains.base.files import SAFE_HEADERS

Row = Sequence[str]
#: Spreadsheets know by this mark that the file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
#: The beginning of a cell that a spreadsheet takes for a formula (OWASP, "CSV Injection"): one of = + - @ and their
#: fullwidth forms, also behind spaces, quotes and invisible characters; a tab, a carriage return or a line feed. Some
#: spreadsheets begin a cell behind other separators than the comma, and some take no notice of quotes there.
_FORMULA = re.compile(
    "(^|[,;|\t\r\n])(?=[\\s\"'`\u2018\u2019\u201c\u201d\u0000\u200b-\u200f\u2060\ufeff]*"
    "[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n])"
)


def as_text(cell: str) -> str:
    """Return the cell with an apostrophe wherever a spreadsheet might begin a formula, so that it reads a text."""
    return _FORMULA.sub(r"\1'", cell)


def csv_response(
    request: HttpRequest, *, filename: str, header: Row, pages: Iterable[Sequence[Row]]
) -> StreamingHttpResponse:
    """Return a response that sends the header and the rows as CSV; each page is read when the one before was sent."""
    pieces = _pieces(header, pages)
    content = _async_pieces(pieces) if isinstance(request, ASGIRequest) else pieces
    disposition = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    headers = {**SAFE_HEADERS, "Cache-Control": "no-store", "Content-Disposition": disposition}
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _pieces(header: Row, pages: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    yield (BYTE_ORDER_MARK + _lines([header])).encode()
    for page in pages:
        yield _lines(page).encode()


def _lines(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([as_text(cell) for cell in row] for row in rows)
    return text.getvalue()


async def _async_pieces(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    read = sync_to_async(partial(next, pieces, None))
    while (piece := await read()) is not None:
        yield piece
