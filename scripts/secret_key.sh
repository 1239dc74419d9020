#!/usr/bin/env bash
# Prints the secret key of this checkout's development server; makes it on first use.
set -euo pipefail
file=var/secret_key
if [ ! -s "$file" ]; then
  mkdir -p var
  (umask 077 && head -c 48 /dev/urandom | base64 | tr -d '\n' > "$file")
fi
cat "$file"
