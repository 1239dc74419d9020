"""Recording the websites that listings are crawled from."""

from __future__ import annotations

from domains.base.errors import Code, Refused
from domains.opportunities.models import Source, SourceKind
from domains.opportunities.services.values import problems_of


def record_source(*, kind: str, url: str, name: str) -> int:
    """The source with this address exists once, with this name; a system act. Returns its id.

    Refuses with REQUIRED, TOO_LONG and INVALID.
    """
    name = name.strip()[:200]
    if kind not in SourceKind:
        raise Refused.because(Code.INVALID, f"There is no kind of source called {kind!r}.", "kind")
    kind = SourceKind(kind)
    if problems := problems_of(Source(kind=kind, url=url, name=name)):
        raise Refused(*problems)
    source, _ = Source.objects.get_or_create(kind=kind, url=url, defaults={"name": name})
    if source.name != name:
        Source.objects.filter(pk=source.pk).update(name=name)
    return source.pk
