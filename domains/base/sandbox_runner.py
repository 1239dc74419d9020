"""Programs of ours that look into files of strangers: each in a process of its own, which may break unnoticed."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)

SANDBOX = Path(__file__).with_name("sandbox_main.py")


def run_in_sandbox(
    *, program: Path, argument: str, content: bytes, timeout_seconds: float, max_output_bytes: int
) -> tuple[int, bytes]:
    """Run the program on the content; return how it ended (below 0: it was stopped) and what it wrote.

    The program, and whatever it started, ends within `seconds` by the clock. It has no environment, no way to our
    packages and no output but its answer; at most one byte more than `most` of that is read, so that the caller can
    tell when it is too long. `sandbox.py` limits its memory, its processor time and its files.
    """
    with tempfile.TemporaryFile() as input_file, tempfile.TemporaryFile() as output_file:
        input_file.write(content)
        input_file.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
            [sys.executable, "-I", str(SANDBOX), str(program), argument],
            stdin=input_file,
            stdout=output_file,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            process.wait(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            logger.info("%s took longer than %s seconds for a %s", program.name, timeout_seconds, argument)
        finally:
            _end(process)
        output_file.seek(0)
        return process.returncode, output_file.read(max_output_bytes + 1)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it may have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
