#!/usr/bin/env bash
# Runs the tests: on the embedded default, and on PostgreSQL and Redis where they answer, each question once, and of each
# matrix of cases a part. THOROUGH=1 asks both databases everything, one after the other, runs what takes minutes, and
# makes more examples of what is random, as CI does. REQUIRE_SERVICES=1 makes a missing service a failure.
set -euo pipefail
# Each process would compile all tests anew.
unset PYTHONDONTWRITEBYTECODE
export TEST_POSTGRES_URL=${TEST_POSTGRES_URL:-postgresql://postgres@127.0.0.1:5432}
export TEST_REDIS_URL=${TEST_REDIS_URL:-redis://127.0.0.1:6379}
thorough=${THOROUGH:-}
sample=${SAMPLE:-$RANDOM}

missing=$("$BIN/python" scripts/missing_services.py)
if [ -n "$missing" ] && [ "${REQUIRE_SERVICES:-}" = 1 ]; then
  echo "The tests on services cannot run, because $missing"
  exit 1
fi

on_embedded() {
  local chosen="not services"
  [ "$thorough" = 1 ] || chosen+=" and not thorough"
  [ "$thorough" = 1 ] || [ -n "$missing" ] || chosen+=" and not postgresql"
  env -u DATABASE_URL -u REDIS_URL "$BIN/pytest" -n "$WORKERS" --dist loadgroup -m "$chosen" "$@"
}

on_services() {
  local chosen="not alike" processes=$(((WORKERS + 2) / 2))
  # Fewer processes: PostgreSQL gives a hundred connections, and some tests take fifty.
  [ "$thorough" = 1 ] || { chosen="postgresql and not thorough"; processes=$((WORKERS / 2)); }
  DATABASE_URL="$TEST_POSTGRES_URL/mishmob" REDIS_URL="$TEST_REDIS_URL/1" \
    "$BIN/pytest" -n "$processes" --dist loadgroup -m "$chosen" \
    tests/domains tests/graphql_api tests/web tests/services "$@"
}

if [ "$thorough" = 1 ]; then
  echo "== On the embedded default: SQLite, in-process"
  on_embedded "$@"
  echo "== On PostgreSQL and Redis"
  [ -n "$missing" ] || on_services "$@"
else
  echo "== On the embedded default, and on PostgreSQL and Redis beside it (SAMPLE=$sample runs the same cases again)"
  said=$(mktemp)
  failed=0
  [ -n "$missing" ] || { on_services --sample "$sample" "$@" >"$said" 2>&1 & services=$!; }
  trap 'rm -f "$said"; [ -z "${services:-}" ] || kill "$services" 2>/dev/null || true' EXIT
  on_embedded --sample "$sample" "$@" || failed=$?
  if [ -z "$missing" ]; then
    wait "$services" || failed=$?
    echo "== On PostgreSQL and Redis"
    cat "$said"
  fi
  services=""
  [ "$failed" = 0 ] || exit "$failed"
fi
[ -z "$missing" ] || echo "== Left out: the tests on services, because $missing"
