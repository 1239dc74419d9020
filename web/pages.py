"""Pages for browsers: the front page, GraphiQL, the demo chat, and the page that shows a key from a mail."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from domains.accounts.models import User
from domains.accounts.policies import can_use_graphiql


def front_page(request: HttpRequest) -> HttpResponse:
    """Show what MishMob is, with links to everything else; with DEBUG also how to log in to the demo."""
    context = {
        "demo_users": _demo_users(),
        "demo_password": settings.DEMO_PASSWORD,
        "shows_graphiql": _shows_graphiql(request),
    }
    return render(request, "front_page.html", context)


def graphiql_page(request: HttpRequest) -> HttpResponse:
    """Show GraphiQL for the API at the same path; before `make web`, show how to build it.

    Without DEBUG it is for staff with the permission, authenticated by the cookie of the admin. Other visitors get a
    page that says what this address is. The cookie only opens the page: the API authenticates users by their tokens.
    """
    if not _shows_graphiql(request):
        closed = {"endpoint_url": request.build_absolute_uri(request.path), "person": request.user}
        return render(request, "graphiql_closed.html", closed, status=403)
    page_config = {"endpoint": request.path, "schemaUrl": "/schema.graphql", "demoUsers": _demo_users()}
    context = {
        "page_config": page_config,
        "endpoint_url": request.build_absolute_uri(request.path),
        "is_built": (settings.WEB_BUILD_DIR / "graphiql.js").is_file(),
    }
    return render(request, "graphiql.html", context)


def demo_chat_page(request: HttpRequest) -> HttpResponse:
    """Show two demo users who chat side by side, as a demo of live messaging; only with DEBUG."""
    if not settings.DEBUG:
        raise Http404("The demo is there with DEBUG only.")
    context = {
        "page_config": {"endpoint": "/graphql/", "schemaUrl": "/schema.graphql", "demoUsers": _demo_users()},
        "is_built": (settings.WEB_BUILD_DIR / "chat.js").is_file(),
    }
    return render(request, "demo_chat.html", context)


def _shows_graphiql(request: HttpRequest) -> bool:
    person = request.user
    return settings.DEBUG or (isinstance(person, User) and can_use_graphiql(person))


def _demo_users() -> list[dict[str, str]]:
    return settings.DEMO_USERS if settings.DEBUG else []


#: Texts about each kind of key, by the path that the mail links to.
_MAILED_KEYS = {
    "verify-email": {
        "title": "Prove your address",
        "lead": "Give this key to the app or website where you typed this address. It works once, for a day.",
        "operation": "verifyEmail",
        "answer": "a session",
    },
    "host-invitation": {
        "title": "Join an organization",
        "lead": "Log in with the address that the mail came to, and give this key to the app or website. "
        "It works once, for seven days.",
        "operation": "acceptHostInvitation",
        "answer": "the membership",
    },
}


def mailed_key_page(request: HttpRequest, purpose: str) -> HttpResponse:
    """Show the key from a mail, for frontends that have no page of their own for it."""
    return render(request, "mailed_key.html", {**_MAILED_KEYS[purpose], "key": request.GET.get("key", "")})


def robots(request: HttpRequest) -> HttpResponse:
    """Allow crawlers, including this project's, to read all pages except the admin and what has a secret address."""
    closed = ("/admin/", "/tickets/", "/calendar/feeds/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain")
