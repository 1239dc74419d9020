"""The matcher of the whole taxonomy: built once per process, and again when a name has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from domains.skills.extraction import Matcher, Name
from domains.skills.models import Skill, SkillAlias, fold
from domains.skills.selectors import Version, get_taxonomy_version
from domains.skills.services.skill_files import read_starter_set


class _MatcherCache:
    """The matcher of this process, and the version of the taxonomy it was built from."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: Version | None = None
        self.matcher = Matcher([])


_cache = _MatcherCache()


def get_matcher() -> Matcher:
    """Return the matcher of the current taxonomy."""
    version = get_taxonomy_version()
    with _cache.lock:
        if version != _cache.version:
            _cache.matcher, _cache.version = Matcher(_names()), version
        return _cache.matcher


def _names() -> Iterator[Name]:
    """Yield every name of the taxonomy; the names of the starter set are marked as curated."""
    curated = {fold(name) for row in read_starter_set() for name in (row.name, *row.aliases)}
    skills = Skill.objects.visible_to(None).values_list("pk", "name", "folded_name")
    for skill_id, name, folded in skills:
        yield Name(name, skill_id, is_curated=folded in curated)
    aliases = SkillAlias.objects.filter(skill__merged_into__isnull=True)
    for skill_id, name, folded in aliases.values_list("skill", "name", "folded_name"):
        yield Name(name, skill_id, is_alias=True, is_curated=folded in curated)
