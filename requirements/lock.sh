#!/usr/bin/env bash
# Resolves the .in files into hash-pinned .txt files that name no registry. Run it by `make lock`.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$@"
}
compile requirements/dev.in --output-file requirements/dev.txt
compile requirements/tools.in --output-file requirements/tools.txt
compile requirements/node.in --output-file requirements/node.txt
compile requirements/runtime.in --constraint requirements/dev.txt --output-file requirements/runtime.txt
