"""A moment far from the end of a year: whoever is seventeen while a test is written down is so while it runs.

Tests that use it ask for the fixture `midsummer`.
"""

from __future__ import annotations

from datetime import UTC, datetime

MIDSUMMER = datetime(2031, 6, 21, 12, tzinfo=UTC)
YEAR = MIDSUMMER.year
