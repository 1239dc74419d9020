#!/usr/bin/env bash
# Runs the tests: on the embedded default, then on PostgreSQL and Redis where they answer, each question once, and of
# each matrix of cases a part. THOROUGH=1 asks both databases everything, runs what takes minutes, and makes more
# examples of what is random, as CI does. REQUIRE_SERVICES=1 makes a missing service a failure.
set -euo pipefail
# Each process would compile all tests anew.
unset PYTHONDONTWRITEBYTECODE
export TEST_POSTGRES_URL=${TEST_POSTGRES_URL:-postgresql://postgres@127.0.0.1:5432}
export TEST_REDIS_URL=${TEST_REDIS_URL:-redis://127.0.0.1:6379}

missing=$("$BIN/python" scripts/missing_services.py)
if [ "${THOROUGH:-}" = 1 ]; then
  embedded="not services" services="not alike" sample=""
else
  embedded="not services and not thorough" services="postgresql and not thorough" sample=${SAMPLE:-$RANDOM}
  [ -n "$missing" ] || embedded+=" and not postgresql"
  echo "== A part of each matrix: SAMPLE=$sample make test asks the same cases again"
fi
echo "== On the embedded default: SQLite, in-process"
env -u DATABASE_URL -u REDIS_URL "$BIN/pytest" -n "$WORKERS" --dist loadgroup --sample "$sample" -m "$embedded" "$@"

if [ -n "$missing" ]; then
  echo "== Left out: the tests on services, because $missing"
  [ "${REQUIRE_SERVICES:-}" != 1 ] || exit 1
  exit 0
fi

# Fewer processes: PostgreSQL gives a hundred connections, and some tests take fifty.
echo "== On PostgreSQL and Redis"
DATABASE_URL="$TEST_POSTGRES_URL/mishmob" REDIS_URL="$TEST_REDIS_URL/1" \
  "$BIN/pytest" -n "$(((WORKERS + 2) / 2))" --dist loadgroup --sample "$sample" -m "$services" \
  tests/domains tests/graphql_api tests/web tests/services "$@"
