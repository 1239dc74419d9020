"""The check-in page for phones at the door, `/scan/EVENT`, and the service worker that opens it without network.

The page is the same for all events and all users, and holds no data: its script reads the event from the address, and
asks the GraphQL API for everything. So a phone may keep the page.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe

#: The scope of the service worker, which only the pages below it have.
SCOPE = "/scan/"
SERVICE_WORKER = f"{SCOPE}service-worker.js"
#: Files of this page that are not built, and those whose address names the version.
_STATIC_FILES = ("door.css", "mark.svg")
_VERSIONED = ("door.css", "web/door.js")
_READER = "web/assets/reader-"
_NONCE = "{nonce}"
#: The script and its imports carry the nonce. Only the worker that reads QR codes may run WebAssembly.
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; script-src 'nonce-{_NONCE}'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
READER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
SERVICE_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
HEADERS = {
    # A browser asks again each time; the service worker keeps the page whatever this says.
    "Cache-Control": "no-cache",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), screen-wake-lock=(self), microphone=(), geolocation=(), payment=(), usb=()",
}


@dataclass(frozen=True)
class Shell:
    """What a phone keeps to open the page without network."""

    #: Changes with each byte of the page and its files.
    version: str
    #: Addresses of the files.
    files: list[str]


@require_safe
def door_page(request: HttpRequest, event: str = "") -> HttpResponse:
    """Show the check-in page; before `make web`, show how to build it. The script reads the event from the address."""
    nonce = secrets.token_urlsafe(16)
    response = render(request, "door.html", {**_context(), "nonce": nonce})
    for name, value in HEADERS.items():
        response[name] = value
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(_NONCE, nonce)
    return response


@require_safe
def door_service_worker(request: HttpRequest) -> HttpResponse:
    """Return the script of the service worker, with the list of what it keeps; 404 before `make web`."""
    built = settings.WEB_BUILD_DIR / "door_service_worker.js"
    if not built.is_file():
        return HttpResponse("// Run `make web` first.\n", status=404, content_type="text/javascript")
    shell = _read_shell()
    kept = {"version": shell.version, "page": SCOPE, "files": shell.files}
    script = f"self.SHELL = {json.dumps(kept)};\n{built.read_text()}"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = SERVICE_WORKER_POLICY
    return response


@require_safe
def door_reader(request: HttpRequest, name: str) -> HttpResponse:
    """Return the script that reads QR codes, inside the scope of the service worker, with a policy of its own."""
    built = settings.WEB_BUILD_DIR / "assets" / name
    if not built.is_file():
        raise Http404("There is no such file.")
    response = HttpResponse(built.read_text(), content_type="text/javascript; charset=utf-8")
    # The name has a hash of the content.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = READER_POLICY
    return response


def _context() -> dict[str, object]:
    is_built = (settings.WEB_BUILD_DIR / "door.json").is_file()
    return {
        "is_built": is_built,
        "version": _read_shell().version if is_built else "",
        "page_config": _page_config(),
    }


def _page_config() -> dict[str, str | None]:
    is_secure = settings.PUBLIC_URL.startswith("https://")
    return {
        "endpoint": "/graphql/",
        "serviceWorker": SERVICE_WORKER,
        "scope": SCOPE,
        "secureOrigin": settings.PUBLIC_URL if is_secure else None,
    }


def _read_shell() -> Shell:
    """Read what the build says that the page needs, and add what is not built."""
    built: list[str] = json.loads((settings.WEB_BUILD_DIR / "door.json").read_text())
    paths = {f"web/{name}": settings.WEB_BUILD_DIR / name for name in built}
    paths |= {name: Path(str(finders.find(name))) for name in _STATIC_FILES}
    page = render_to_string("door.html", {"is_built": True, "page_config": _page_config()})
    digest = sha256(page.encode())
    for name, path in sorted(paths.items()):
        digest.update(name.encode() + b"\0" + path.read_bytes())
    version = digest.hexdigest()[:16]
    return Shell(version, [_address(name, version) for name in sorted(paths)])


def _address(name: str, version: str) -> str:
    """Return where the page finds the file. The names without a version have a hash, or their files never change."""
    if name.startswith(_READER):
        return f"{SCOPE}{name.rpartition('/')[2]}"
    return f"{static(name)}?v={version}" if name in _VERSIONED else static(name)
