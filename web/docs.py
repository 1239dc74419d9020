"""Shows the documentation as pages: README, CONTRIBUTING and everything in docs/, with links to this server."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Renders tables like GitHub; HTML in the source is shown as text.
_MARKDOWN = MarkdownIt("js-default", {"html": False, "linkify": False})
#: Address of the server in the documentation files, and the mark of a line that runs a crawler.
_WRITTEN = "127.0.0.1:8000"
_CRAWL = "CRAWL_ALLOWED_PRIVATE="
#: Files of the repository, other than documentation pages, that this server serves, with their paths.
_ADDRESSES = {"graphql_api/schema.graphql": "/schema.graphql"}


def docs_page(request: HttpRequest, name: str = "README") -> HttpResponse:
    """Show a page of the documentation; only the files that `_docs` lists can be shown."""
    pages = _docs()
    if name not in pages:
        raise Http404(f"There is no page {name!r} in the documentation.")
    text = _with_this_address(Path(settings.BASE_DIR, pages[name]).read_text(), request)
    context = {
        "title": _title_of(text),
        "body": _page_html(text, pages[name], tuple(pages.items())),
        "name": name,
        "others": [
            (_address_of(other), _title_of(Path(settings.BASE_DIR, path).read_text()), other)
            for other, path in pages.items()
            if not other.startswith("adr/")
        ],
    }
    return render(request, "docs_page.html", context)


def _with_this_address(text: str, request: HttpRequest) -> str:
    """Return the text with the address of this server in place of the one in the files."""
    base = request.build_absolute_uri("/").rstrip("/")
    return "".join(_addressed(line, base) for line in text.splitlines(keepends=True))


def _addressed(line: str, base: str) -> str:
    if line.startswith("make run"):
        return line  # the line is about a server to be started
    if _CRAWL in line:
        # A crawler runs on the same machine as the server, wherever the page is read.
        return line.replace(_WRITTEN, f"127.0.0.1:{settings.PORT}")
    sockets = f"ws{base.removeprefix('http')}"
    return line.replace(f"http://{_WRITTEN}", base).replace(f"ws://{_WRITTEN}", sockets)


def _docs() -> dict[str, str]:
    """Return the file in the repository of each documentation page, by name."""
    root = Path(settings.BASE_DIR)
    records = {f"adr/{path.stem}": path for path in sorted(root.glob("docs/adr/*.md"))}
    pages = {
        "README": root / "README.md",
        "CONTRIBUTING": root / "CONTRIBUTING.md",
        **{path.stem: path for path in sorted(root.glob("docs/*.md"))},
        "adr": records.pop("adr/README"),
        **records,
    }
    return {name: path.relative_to(root).as_posix() for name, path in pages.items()}


def _address_of(name: str) -> str:
    return "/docs/" if name == "README" else f"/docs/{name}/"


def _title_of(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ").replace("`", "")


@lru_cache(maxsize=64)
def _page_html(text: str, path: str, pages: Sequence[tuple[str, str]]) -> str:
    """Return the page as HTML; links to files of the repository lead to the pages of this server."""
    tokens = _MARKDOWN.parse(text)
    seen: Counter[str] = Counter()
    addresses = {file: _address_of(name) for name, file in pages} | _ADDRESSES
    addresses |= {"docs/adr": _address_of("adr")}
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following:
            token.attrSet("id", _anchor(following.content, seen))
        _lead_links(token.children or [], posixpath.dirname(path), addresses)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _anchor(heading: str, seen: Counter[str]) -> str:
    """Return the anchor that GitHub gives the heading, so that the same links work here."""
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    seen[anchor] += 1
    return anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor] - 1}"


def _lead_links(tokens: Sequence[Token], folder: str, addresses: dict[str, str]) -> None:
    """Replace links to files by links to their pages; a link to a file that is not served becomes plain text."""
    is_shown = True
    for token in tokens:
        if token.type == "link_open":
            parts = urlsplit(str(token.attrs["href"]))
            if parts.scheme or parts.netloc or not parts.path:
                continue
            address = addresses.get(posixpath.normpath(posixpath.join(folder, parts.path)))
            is_shown = address is not None
            fragment = f"#{parts.fragment}" if parts.fragment else ""
            token.attrs = {"href": f"{address}{fragment}"} if is_shown else {}
        if token.type in {"link_open", "link_close"} and not is_shown:
            token.tag = "span"
            is_shown = token.type == "link_close"
