"""Words that are names of skills and ordinary words at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

_WORDS = tomllib.loads((Path(__file__).resolve().parents[1] / "data" / "ordinary_words.toml").read_text())

#: Names of products and languages that mean something else in most sentences.
PRODUCTS = frozenset(_WORDS["products"].split())
#: Ordinary words that a published taxonomy has as another name of something.
COMMON = frozenset(_WORDS["common"].split())
