"""Each attack stays within its limits of bytes and is refused by its code; `make attacks` looks at the CPU, too.

What a service that hangs does to others is asked by tests/services, test by test.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.live_server import ROOT


@pytest.mark.timeout(1200)
def test_every_attack_stays_within_its_limits() -> None:
    command = [sys.executable, "-m", "tests.attacks", "--no-cpu", "--embedded"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
