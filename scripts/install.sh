#!/usr/bin/env bash
# Makes the virtual environment and installs a locked requirements file into it, checking every hash.
set -euo pipefail
requirements=$1

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ ! -x "$VENV/bin/python" ]; then
  python=""
  for candidate in "$PYTHON" python3.13 python3.12 python3.11; do
    if fits "$candidate"; then python=$candidate; break; fi
  done
  [ -n "$python" ] || { echo "MishMob needs Python 3.11 or newer; name it by: make run PYTHON=/path/to/python3" >&2; exit 1; }
  echo "Making a virtual environment with $("$python" --version) …"
  "$python" -m venv "$VENV" || { echo "That failed; on Debian and Ubuntu it needs: apt-get install python3-venv" >&2; exit 1; }
fi

echo "Installing $(grep -c '^[a-z]' "$requirements") packages from $requirements …"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/tools.txt
if ! "$VENV/bin/uv" --system-certs pip install --python "$VENV/bin/python" --require-hashes --requirement "$requirements"; then
  echo "uv could not install them; trying with pip …" >&2
  "$VENV/bin/python" -m pip install --disable-pip-version-check --require-hashes --requirement "$requirements"
fi
