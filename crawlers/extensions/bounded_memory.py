"""A crawl in its own bounds of memory: what a hostile page makes it take fails that page, and never the machine."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

#: What the process may write to. A crawl takes a quarter of it; the largest page that is read, at most half.
MAX_MEMORY_BYTES = 1024 * 1024 * 1024


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Let this process have no more than so much memory during the block; beyond that, MemoryError is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [limit for limit in (soft, hard, MAX_MEMORY_BYTES) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
