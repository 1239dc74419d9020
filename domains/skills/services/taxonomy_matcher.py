"""The matcher of the whole taxonomy: made once in a process, and anew when a name has changed."""

from __future__ import annotations

import threading

from domains.skills.extraction import Matcher
from domains.skills.selectors import Version, get_taxonomy_version, iterate_names


class _Kept:
    """What this process keeps: the matcher, and the version of the taxonomy it was made of."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: Version | None = None
        self.matcher = Matcher([])


_kept = _Kept()


def get_matcher() -> Matcher:
    """Return the matcher of the taxonomy as it stands."""
    version = get_taxonomy_version()
    with _kept.lock:
        if version != _kept.version:
            _kept.matcher, _kept.version = Matcher(iterate_names()), version
        return _kept.matcher
