"""Logging in with another provider's account, in a browser: a page with their buttons, and the way back from them.

The way ends at an address of a frontend, with a one-time code for `logInWithCode`. A signed cookie of ten minutes
remembers where it shall end; nothing is stored.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from domains.accounts import services
from domains.accounts.errors import AccountCode
from domains.accounts.models import LogInProvider
from domains.accounts.providers.begin import begin
from domains.accounts.providers.clients import NotConfigured, callback_url, list_configured
from domains.accounts.providers.identify import NoAnswer, Proof
from domains.base.errors import Refused
from domains.base.locks import refuse_when_busy
from domains.base.networks import client_address
from web.mailed_pages import render_mailed_page

logger = logging.getLogger(__name__)
MAX_STATE_LENGTH, MAX_NAME_LENGTH = 512, 80
COOKIE, COOKIE_SECONDS = "log_in_", 600
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
#: What this page gives to the providers as state, and finds its cookie by.
OWN_STATE = re.compile(r"[A-Za-z0-9_-]{32}")
#: What providers call it if somebody goes back.
CANCELED = ("access_denied", "user_cancelled_authorize", "user_cancelled_login", "user_cancelled")
_SALT = "mishmob.log_in"


@dataclass(frozen=True)
class Errand:
    """What a frontend asked for: where the log-in ends, what comes back with it, and who may use its code (PKCE)."""

    next: str
    state: str = ""
    code_challenge: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def log_in_page(request: HttpRequest) -> HttpResponse:
    """Show the buttons of the providers on GET; on POST send the browser to the chosen one."""
    errand = _read_errand(request.POST if request.method == "POST" else request.GET)
    if errand is None:
        return _page(request, "wrong", status=400)
    if request.method != "POST":
        return _offer(request, errand)
    try:
        provider, state = LogInProvider(request.POST.get("provider", "")), secrets.token_urlsafe(24)
        departure = begin(provider, state=state)
    except (ValueError, NotConfigured):
        return _offer(request, errand, problem="There is no such way to log in here.", status=400)
    except NoAnswer:
        problem = f"{provider.label} does not answer at the moment. Try again in a minute, or take another way."
        return _offer(request, errand, problem=problem, status=503)
    response = HttpResponseRedirect(departure.url)
    _remember(
        response,
        f"{COOKIE}{state}",
        {
            "errand": asdict(errand),
            "provider": provider.value,
            "code_verifier": departure.code_verifier,
            "nonce": departure.nonce,
        },
    )
    return response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def log_in_callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Take the provider's code, and end the log-in at the frontend, with a code of this server or an error."""
    if request.method == "POST":
        return _come_back_with_cookies(request, provider)
    name = f"{COOKIE}{request.GET.get('state', '')}"
    remembered = _recall(request, name)
    if remembered is None or remembered["provider"].lower() != provider:
        return _page(request, "expired", status=400)
    response = _finish(request, remembered, _recall(request, f"{name}_name") or "")
    for cookie in (name, f"{name}_name"):
        response.delete_cookie(cookie, path=_cookie_path())
    return response


def _finish(request: HttpRequest, remembered: dict[str, Any], name: str) -> HttpResponse:
    provider, errand = LogInProvider(remembered["provider"]), Errand(**remembered["errand"])
    error, code = request.GET.get("error", ""), request.GET.get("code", "")
    if error and error not in CANCELED:
        logger.warning("%s refuses a log-in: %s", provider.label, error[:80])
        sentence = f"{provider.label} does not let you log in at the moment: take another way."
        return _end(errand, error=AccountCode.PROVIDER_UNAVAILABLE, error_description=sentence)
    if not code:
        return _end(errand, error="CANCELLED", error_description="The log-in was canceled.")
    proof = Proof(
        provider,
        code=code,
        redirect_uri=callback_url(provider),
        code_verifier=remembered["code_verifier"],
        nonce=remembered["nonce"],
        name=name,
    )
    address = client_address(request.META["REMOTE_ADDR"], request.META.get("HTTP_X_FORWARDED_FOR", ""))
    try:
        with refuse_when_busy():
            code = services.issue_log_in_code(proof=proof, code_challenge=errand.code_challenge, ip_address=address)
    except Refused as refusal:
        return _end(errand, error=refusal.problems[0].code, error_description=refusal.problems[0].message)
    return _end(errand, code=code)


def _come_back_with_cookies(request: HttpRequest, provider: str) -> HttpResponse:
    """Send the browser here again by GET: Apple posts from its own page, and then browsers send no cookie.

    The name, which Apple tells only once, waits in a cookie of its own, so that it is in no address.
    """
    state = request.POST.get("state", "")
    if provider != LogInProvider.APPLE.value.lower() or not OWN_STATE.fullmatch(state):
        return _page(request, "expired", status=400)
    given = {name: value for name in ("state", "code", "error") if (value := request.POST.get(name))}
    response = HttpResponseRedirect(f"{request.path}?{urlencode(given, errors='replace')}")
    response.status_code = 303
    if name := _apple_name(request.POST):
        _remember(response, f"{COOKIE}{state}_name", name)
    return response


def _apple_name(posted: QueryDict) -> str:
    try:
        name = json.loads(posted.get("user", "")[:4096])["name"]
        parts = [name[part] for part in ("firstName", "lastName") if isinstance(name.get(part), str)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return " ".join(parts).encode(errors="replace").decode()[:MAX_NAME_LENGTH]


def _read_errand(given: QueryDict) -> Errand | None:
    """Return what the frontend asks for, or None if the log-in cannot end there."""
    if not settings.LOG_IN_REDIRECTS or not list_configured():
        raise Http404("This community has no log-in with other providers.")
    errand = Errand(
        given.get("next") or settings.LOG_IN_REDIRECTS[0], given.get("state", ""), given.get("codeChallenge", "")
    )
    is_known = errand.next in settings.LOG_IN_REDIRECTS
    # Another app may have claimed the scheme of an app: it gets the code, but cannot use it.
    is_guarded = errand.next.startswith(("https:", "http:")) or bool(errand.code_challenge)
    is_short = errand.state.isascii() and len(errand.state) <= MAX_STATE_LENGTH
    is_challenge = not errand.code_challenge or CHALLENGE.fullmatch(errand.code_challenge)
    return errand if is_known and is_guarded and is_short and is_challenge else None


def _remember(response: HttpResponse, name: str, value: Any) -> None:
    """Keep the value in a signed cookie, which only this browser has, for COOKIE_SECONDS."""
    response.set_cookie(
        name,
        signing.dumps(value, salt=f"{_SALT}.{name}", compress=True),
        max_age=COOKIE_SECONDS,
        path=_cookie_path(),
        secure=settings.PUBLIC_URL.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )


def _recall(request: HttpRequest, name: str) -> Any:
    """Return what `_remember` kept in this browser, or None."""
    try:
        return signing.loads(request.COOKIES.get(name, ""), salt=f"{_SALT}.{name}", max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return None


def _cookie_path() -> str:
    return f"{urlsplit(settings.PUBLIC_URL).path}/accounts/"


class _Redirect(HttpResponseRedirect):
    """To a frontend, which may be an app with a scheme of its own; the address is one of LOG_IN_REDIRECTS."""

    def __init__(self, address: str) -> None:
        self.allowed_schemes = [urlsplit(address).scheme]
        super().__init__(address)
        self["Referrer-Policy"] = "no-referrer"
        self["Cache-Control"] = "no-store"


def _end(errand: Errand, **result: str) -> HttpResponse:
    """Return to the frontend with the result."""
    return _Redirect(f"{errand.next}?{urlencode(result | ({'state': errand.state} if errand.state else {}))}")


def _offer(request: HttpRequest, errand: Errand, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "errand": errand,
        "providers": list_configured(),
        "destination": urlsplit(errand.next).netloc or errand.next.partition(":")[0],
        "action": reverse("log_in"),
        "problem": problem,
    }
    return _page(request, "offer", status=status, **context)


def _page(request: HttpRequest, state: str, *, status: int = 200, **context: object) -> HttpResponse:
    response = render_mailed_page(request, "log_in.html", {"state": state, **context}, status)
    # The form says where it comes from, and leads to the provider, and from there to the frontend.
    response["Referrer-Policy"] = "same-origin"
    response["Content-Security-Policy"] = response["Content-Security-Policy"].replace("form-action 'self'; ", "")
    return response
