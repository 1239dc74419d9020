"""The public page of a service record, as HTML and as JSON.

It shows the content of the signed record and nothing else about its volunteer. It needs no login, must not be cached,
and asks search engines not to index it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from domains.base.signing import BadSignature
from domains.opportunities.records import SignedRecord, read_record, url_of
from domains.opportunities.selectors import find_public_record

HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    # The page consists of HTML, a style sheet and pictures from this server, and runs no script.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
}
#: Errors: status, code for programs, and title and advice for people.
UNKNOWN = (404, "NOT_FOUND", "There is no such record", "Check the address, or ask the person who gave it to you.")
REVOKED = (410, "REVOKED", "This record was revoked", "The person it was about took it back.")
UNREADABLE = (
    410,
    "EXPIRED",
    "This record can't be checked any more",
    "It was signed with a key that this server has retired. Ask the person who gave it to you for a new one.",
)


@csrf_exempt  # it only reads: other methods are answered with 405, not with a CSRF error
@require_safe
def service_record_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the record as a page, or as JSON if requested (`Accept: application/json` or `?format=json`)."""
    record = find_public_record(code=code)
    if record is None:
        return _nothing(request, *UNKNOWN)
    if record.revoked_at is not None:
        return _nothing(request, *REVOKED)
    try:
        signed = read_record(record.token)
    except BadSignature:
        return _nothing(request, *UNREADABLE)
    if _wants_json(request):
        return _with_headers(JsonResponse(_for_programs(signed), json_dumps_params={"indent": 2}))
    return _with_headers(render(request, "service_record.html", _for_people(signed)))


def _nothing(request: HttpRequest, status: int, code: str, title: str, advice: str) -> HttpResponse:
    if _wants_json(request):
        return _with_headers(JsonResponse({"code": code, "message": f"{title}. {advice}"}, status=status))
    context = {"title": title, "advice": advice}
    return _with_headers(render(request, "missing_page.html", context, status=status))


def _wants_json(request: HttpRequest) -> bool:
    chosen = request.GET.get("format")
    if chosen in {"json", "html"}:
        return chosen == "json"
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _for_programs(signed: SignedRecord) -> dict[str, Any]:
    return {
        "code": signed.content.code,
        "url": url_of(signed.content.code),
        "record": signed.claims,
        "jws": signed.token,
        "publicKey": {"kid": signed.key.kid, "pem": signed.key.pem, "jwk": signed.key.jwk},
    }


def _for_people(signed: SignedRecord) -> dict[str, Any]:
    content = signed.content
    return {
        "content": content,
        "hours": number(content.hours),
        "services": [(one.organization, number(one.seconds / 3600)) for one in content.services],
        "days": content.days,
        "url": url_of(content.code),
        "community": settings.PUBLIC_URL,
        "key": signed.key,
    }


def number(hours: float) -> str:
    """Format hours with at most two decimals, without trailing zeros."""
    return f"{hours:,.2f}".rstrip("0").rstrip(".")


def _with_headers(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response[name] = value
    patch_vary_headers(response, ["Accept"])
    return response
