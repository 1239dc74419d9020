"""`make faults` in its shortest form: a web process, Redis and the worker each die once in a minute of talk."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.soak import on_stage, soak
from tests.examples import THOROUGH
from tests.live_server import ARTIFACTS

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]


async def test_a_while_of_faults_loses_doubles_and_disorders_nothing() -> None:
    minutes, every = (1, 15) if THOROUGH else (0.6, 10)
    with on_stage() as stage:
        found = await soak(stage, minutes=minutes, every=every, say=print)
    (ARTIFACTS / "soak.json").write_text(json.dumps(found, indent=2))
    assert found["violations"] == []
    assert set(found["seconds until the last reader was live after each repair"]) == {
        "web process 1",
        "Redis",
        "worker",
    }
