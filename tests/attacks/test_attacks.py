"""Each attack stays within its limits of bytes and is refused by its code; `make attacks` looks at the CPU, too."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.live_server import ROOT


@pytest.mark.timeout(1200)
def test_every_attack_stays_within_its_limits() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.attacks", "--no-cpu"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
