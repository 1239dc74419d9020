"""A memory limit for crawls: a hostile page that needs too much memory fails, and does not harm the machine."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

#: Maximum writable memory. A crawl needs a quarter of it; the largest page that is read, at most half.
MAX_MEMORY_BYTES = 1024 * 1024 * 1024


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Limit the memory of this process during the block; beyond the limit, MemoryError is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [limit for limit in (soft, hard, MAX_MEMORY_BYTES) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
