"""`python -m crawlers …` is `python manage.py crawl …`: the settings are chosen in one place, by `manage.py`."""

import runpy
import sys
from pathlib import Path

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"

if __name__ == "__main__":
    sys.argv = [str(MANAGE), "crawl", *sys.argv[1:]]
    runpy.run_path(str(MANAGE), run_name="__main__")
