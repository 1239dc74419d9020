"""The page on which a new password is chosen, for communities whose frontend has no page of its own for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from domains.accounts import services
from domains.accounts.errors import AccountCode
from domains.base.errors import Code, Refused
from domains.base.locks import refuse_when_busy
from domains.base.networks import client_address
from web.mailed_pages import render_mailed_page


@require_http_methods(["GET", "HEAD", "POST"])
def reset_password_page(request: HttpRequest) -> HttpResponse:
    """Ask for the new password on GET; on POST set it. The key of the mail is the permission, no cookie is."""
    key = request.POST.get("key") or request.GET.get("key", "")
    if request.method != "POST":
        return _page(request, "asked", key=key)
    if (password := request.POST.get("password", "")) != request.POST.get("again", ""):
        return _page(request, "asked", key=key, problems=["The two passwords are not the same."], status=422)
    address = client_address(request.META["REMOTE_ADDR"], request.META.get("HTTP_X_FORWARDED_FOR", ""))
    try:
        with refuse_when_busy():
            services.reset_forgotten_password(key=key, new_password=password, ip_address=address)
    except Refused as refusal:
        code = refusal.problems[0].code
        if code == AccountCode.EXPIRED:
            return _page(request, "expired", status=410)
        status = 503 if code == Code.CONFLICT else 429 if code == Code.RATE_LIMITED else 422
        return _page(request, "asked", key=key, problems=[one.message for one in refusal.problems], status=status)
    return _page(request, "done")


def _page(request: HttpRequest, state: str, *, status: int = 200, **context: object) -> HttpResponse:
    return render_mailed_page(request, "reset_password.html", {"state": state, **context}, status)
