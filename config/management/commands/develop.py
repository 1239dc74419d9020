"""`manage.py develop`, for `make run`: the server with the demo community and a first crawl."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from config import server
from config.demo import DEMO_LOG_INS, DEMO_PASSWORD
from config.demo.site import HOST as DEMO_SITE_HOST
from config.demo.site import move_demo_site
from config.migrations import migrate
from domains.skills.services import is_taxonomy_empty, load_starter_skills

BANNER = """
MishMob is at    {url}
{elsewhere}  GraphiQL       {url}/graphql/    write queries, mutations and subscriptions here
  Documentation  {url}/docs/
{demo}  Admin          {url}/admin/
  Schema         {url}/schema.graphql
{logins}Stop it with Ctrl-C.
"""
STARTUP_TIMEOUT_SECONDS = 30


class Command(BaseCommand):
    """Migrates, loads the demo community, serves, and crawls the demo site."""

    help = "Runs a community server to try and to develop with."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address to listen on."""
        parser.add_argument("--host", default=settings.HOST, help="the address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="the port to listen on (PORT)")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Run it."""
        server.enable_line_buffering()
        server.check_database()
        server.check_redis()
        with server.hold_server_lock(
            settings.VAR_DIR / "run.lock", address=f"http://{server.local_address(host)}:{port}"
        ):
            server.check_port(host=host, port=port)
            self._run(host, port)

    def _run(self, host: str, port: int) -> None:
        self.stdout.write("Bringing the database up to date …")
        migrate()
        if is_taxonomy_empty():
            load_starter_skills()
        if settings.DEBUG:
            call_command("load_demo", stdout=self.stdout)
        for warning in server.find_warnings():
            self.stderr.write(f"Warning: {warning}")
        elsewhere = server.network_address(host)
        if elsewhere:
            server.allow_host(elsewhere)
        threading.Thread(target=self._print_banner, args=(host, port, elsewhere), daemon=True).start()
        server.run(host=host, port=port)

    def _print_banner(self, host: str, port: int, elsewhere: str | None) -> None:
        url = f"http://{server.local_address(host)}:{port}"
        if not _wait_for_answer(f"{url}/healthz"):
            return
        logins = "".join(f"  Log in as      {email}\n" for email in DEMO_LOG_INS)
        logins += f"  Password       {DEMO_PASSWORD}\n"
        banner = BANNER.format(
            url=url,
            elsewhere=f"  Elsewhere      http://{elsewhere}:{port}    for phones and containers\n" if elsewhere else "",
            demo=f"  Demo chat      {url}/demo/chat\n" if settings.DEBUG else "",
            logins=logins if settings.DEBUG else "",
        )
        self.stdout.write(banner)
        if settings.DEBUG:
            self._crawl(url, port)

    def _crawl(self, url: str, port: int) -> None:
        """Read the demo site like any other site on the web, in a process of its own."""
        if url != f"http://{DEMO_SITE_HOST}:{port}":
            self.stdout.write(f"The demo site is not crawled: nobody listens on {DEMO_SITE_HOST}, its address.")
            return
        site = f"{url}/demo/site"
        move_demo_site(to=site)
        for arguments in (["structured_data", "--follow", f"{site}/"], ["icalendar", f"{site}/calendar.ics"]):
            done = subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
                [sys.executable, "-m", "crawlers", *arguments],
                cwd=settings.BASE_DIR,
                env={**os.environ, "CRAWL_ALLOWED_PRIVATE": f"127.0.0.1:{port}"},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            if done.returncode < 0:
                return  # the server is stopping, and the crawl with it
            summary = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:]
            self.stdout.write(f"Crawled the demo site ({arguments[0]}): {' '.join(summary)}")


def _wait_for_answer(url: str) -> bool:
    end = time.monotonic() + STARTUP_TIMEOUT_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own address
                return True
        except OSError:
            time.sleep(0.1)
    return False
