"""The page on which a new password is chosen, for communities whose frontend has no page of its own for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from domains.accounts import services
from domains.accounts.errors import AccountCode
from domains.base.errors import Refused
from web.mailed_pages import render_mailed_page


@require_http_methods(["GET", "HEAD", "POST"])
def reset_password_page(request: HttpRequest) -> HttpResponse:
    """Ask for the new password on GET; on POST set it. The key of the mail is the permission, no cookie is."""
    key = request.POST.get("key") or request.GET.get("key", "")
    if request.method != "POST":
        return _page(request, "asked", key=key)
    if (password := request.POST.get("password", "")) != request.POST.get("again", ""):
        return _page(request, "asked", key=key, problems=["The two passwords are not the same."], status=422)
    try:
        opened = services.reset_password(key=key, new_password=password)
    except Refused as refusal:
        if refusal.problems[0].code == AccountCode.EXPIRED:
            return _page(request, "expired", status=410)
        return _page(request, "asked", key=key, problems=[one.message for one in refusal.problems], status=422)
    # The page keeps no session: people log in where they use the community.
    services.end_session(actor=opened.session.user, session_id=opened.session.pk)
    return _page(request, "done")


def _page(request: HttpRequest, state: str, *, status: int = 200, **context: object) -> HttpResponse:
    return render_mailed_page(request, "reset_password.html", {"state": state, **context}, status)
