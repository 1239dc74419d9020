"""Commands of the project in processes that have the libraries imported already: to import them takes seconds."""

from __future__ import annotations

import functools
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: What the crawler and `manage.py` import, as far as it can be imported before the settings are chosen.
LIBRARIES = [
    "argon2",
    "celery.app.base",
    "channels.layers",
    "django.core.management.commands.shell",
    "django.db.backends.sqlite3.base",
    "django.test",
    "extruct",
    "filelock",
    "icalendar",
    "jwt",
    "requests",
    "scrapy.commands",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.downloadermiddlewares.robotstxt",
    "strawberry_django",
    "tldextract",
]


@functools.cache
def _processes() -> multiprocessing.context.ForkServerContext:
    """Start the process that all others are forked from; it knows no settings, of this test run's least of all."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    settings = os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    try:
        forkserver.ensure_running()
    finally:
        if settings is not None:
            os.environ["DJANGO_SETTINGS_MODULE"] = settings
    return context


def run_python(
    *arguments: str, environ: dict[str, str], stdin: str = "", timeout: float = 120, check: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run `python …` in the project with this environment, to its end: `-m module`, `-c command` or a script.

    With `check`, it must end well.
    """
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name, stream) for stream in ("stdin", "stdout", "stderr")]
        files[0].write_text(stdin)
        process = _processes().Process(target=_run, args=(arguments, environ, files))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, timeout)
        out, err = (file.read_text(errors="replace") for file in files[1:])
        assert not check or process.exitcode == 0, f"{arguments} ended with {process.exitcode}: {err}"
        return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


class ForkedPython:
    """A running `python …` of the project, with the methods of `subprocess.Popen` that tests call."""

    def __init__(self, *arguments: str, environ: dict[str, str], log: Path) -> None:
        files = [Path(os.devnull), log, log]
        self._process = _processes().Process(target=_run, args=(arguments, environ, files), daemon=True)
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends; return the exit code."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._process.exitcode

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        if self._process.exitcode is None and self.pid:
            os.kill(self.pid, signal)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def _run(arguments: tuple[str, ...], environ: dict[str, str], files: list[Path]) -> None:
    output = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    flags = (os.O_RDONLY, output, output)
    for stream, (file, flag) in enumerate(zip(files, flags, strict=True)):
        os.dup2(os.open(file, flag), stream)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 # it stays open until the process ends
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    if arguments[0] == "-m":
        sys.argv = list(arguments[1:])
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif arguments[0] == "-c":
        exec(arguments[1], {"__name__": "__main__"})  # as Python does
    else:
        sys.argv = list(arguments)
        runpy.run_path(arguments[0], run_name="__main__")
