"""The frame of every program that `confined.py` runs: limits first, then the content, and no way out in between.

Run as `python -I sandbox.py PROGRAM ARGUMENT < CONTENT > ANSWER`. It imports nothing of the project and nothing of
Django. PROGRAM is a Python file of ours with the limits `MEMORY_BYTES`, `CPU_SECONDS`, `INPUT_BYTES` and
`OUTPUT_BYTES`, with `prepare(argument)`, which imports whatever the program may need later, and with
`answer(argument, content)`, which returns the answer's bytes. While `answer` runs, the process can open neither files
nor connections.
"""

from __future__ import annotations

import contextlib
import importlib.util
import resource
import sys
from typing import Any


def main() -> None:
    """Answer on standard output for the content on standard input."""
    path, argument = sys.argv[1:]
    program = _load(path)
    _limit(program)
    content = sys.stdin.buffer.read(program.INPUT_BYTES + 1)
    program.prepare(argument)
    # No descriptor can be opened from here on.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    sys.stdout.buffer.write(program.answer(argument, content))


def _load(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("program", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    program = importlib.util.module_from_spec(spec)
    sys.modules["program"] = program
    spec.loader.exec_module(program)
    return program


def _limit(program: Any) -> None:
    """Limit memory, processor time and output, and forbid core dumps."""
    for resource_type, maximum in (
        (resource.RLIMIT_AS, program.MEMORY_BYTES),
        (resource.RLIMIT_CPU, program.CPU_SECONDS),
        (resource.RLIMIT_FSIZE, program.OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError):  # a lower limit is in force already
            resource.setrlimit(resource_type, (maximum, maximum))


if __name__ == "__main__":
    main()
