"""The pages a browser opens: the front page, GraphiQL, the demo chat, and the key out of a mail."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from domains.accounts.models import User
from domains.accounts.policies import can_use_graphiql


def front_page(request: HttpRequest) -> HttpResponse:
    """What MishMob is, in plain words, and where to go; with DEBUG also how to log in to the demo."""
    context = {
        "demo_users": _demo_users(),
        "demo_password": settings.DEMO_PASSWORD,
        "shows_graphiql": _shows_graphiql(request),
    }
    return render(request, "front_page.html", context)


def graphiql_page(request: HttpRequest) -> HttpResponse:
    """GraphiQL over the API at this page's own path; before `make web`, a page that says how to get it.

    Without DEBUG it is for staff with the right to, known by the cookie of the admin. Everybody else gets a page that
    says what this address is. The cookie opens the page and nothing else: the API knows people by their tokens.
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
    """Two demo users who chat side by side, to see the live path at work; only with DEBUG."""
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


#: What a key from a mail is for, by the path that the mail leads to.
_MAILED_KEYS = {
    "verify-email": {
        "title": "Prove your address",
        "lead": "Give this key to the app or website you signed up with. It works once, for a day.",
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
    """Show the key from a mail to those whose frontend has no page of its own for it."""
    return render(request, "mailed_key.html", {**_MAILED_KEYS[purpose], "key": request.GET.get("key", "")})


def robots(request: HttpRequest) -> HttpResponse:
    """Say that the pages may be read by crawlers, ours among them, and the staff's desk need not be."""
    return HttpResponse("User-agent: *\nDisallow: /admin/\n", content_type="text/plain")
