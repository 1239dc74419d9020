"""The pages a browser opens: the front page, GraphiQL over the API, and the key out of a mail."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Public on purpose: with DEBUG they are in the demo community, without it they log nobody in.
DEMO_USERS = [
    {"label": "Volunteer", "email": "volunteer@demo.example"},
    {"label": "Host", "email": "host@demo.example"},
    {"label": "Staff", "email": "staff@demo.example"},
]


def front_page(request: HttpRequest) -> HttpResponse:
    """What MishMob is, in plain words, and where to go; with DEBUG also how to log in to the demo."""
    context = {"demo_users": _demo_users(), "docs_url": getattr(settings, "DOCS_URL", None)}
    return render(request, "front_page.html", context)


def graphiql_page(request: HttpRequest) -> HttpResponse:
    """GraphiQL over the API at this page's own path; before `make web`, a page that says how to get it.

    Who may see it is the caller's decision: the page itself shows nothing that needs a login.
    """
    page_config = {"endpoint": request.path, "isDebug": settings.DEBUG, "demoUsers": _demo_users()}
    context = {
        "page_config": page_config,
        "endpoint_url": request.build_absolute_uri(request.path),
        "is_built": (settings.WEB_BUILD_DIR / "graphiql.js").is_file(),
    }
    return render(request, "graphiql.html", context)


def _demo_users() -> list[dict[str, str]]:
    return DEMO_USERS if settings.DEBUG else []


def verify_email_page(request: HttpRequest) -> HttpResponse:
    """Show the key from the mail to those whose frontend has no page of its own for it."""
    return render(request, "verify_email.html", {"key": request.GET.get("key", "")})


def robots(request: HttpRequest) -> HttpResponse:
    """Say that the pages may be read by crawlers, ours among them, and the staff's desk need not be."""
    return HttpResponse("User-agent: *\nDisallow: /admin/\n", content_type="text/plain")
