#!/usr/bin/env bash
# Runs the tests: on the embedded default, then on PostgreSQL and Redis where they answer, each question once but for what
# commits. THOROUGH=1 asks both databases everything, runs what takes minutes, and makes more examples of what is random,
# as CI does. REQUIRE_SERVICES=1 makes a missing service a failure.
set -euo pipefail
# Each process would compile all tests anew.
unset PYTHONDONTWRITEBYTECODE
export TEST_POSTGRES_URL=${TEST_POSTGRES_URL:-postgresql://postgres@127.0.0.1:5432}
export TEST_REDIS_URL=${TEST_REDIS_URL:-redis://127.0.0.1:6379}

missing=$("$BIN/python" scripts/missing_services.py)
# PostgreSQL is the stricter one in these: where it answers, they run there alone.
stricter=()
[ -n "$missing" ] || stricter=(
  domains/test_admin.py
  graphql_api/test_fuzz.py
  graphql_api/messaging/test_acts_by_viewer.py
  graphql_api/opportunities/test_{host_mutations,hours_mutations,mutations}_by_viewer.py
)
if [ "${THOROUGH:-}" = 1 ]; then
  embedded="not services" services="not alike"
else
  embedded="not services and not thorough" services="(postgresql or commits) and not thorough"
  [ -n "$missing" ] || embedded+=" and not postgresql"
fi
echo "== On the embedded default: SQLite, in-process"
env -u DATABASE_URL -u REDIS_URL "$BIN/pytest" -n "$WORKERS" --dist loadgroup -m "$embedded" \
  "${stricter[@]/#/--ignore=tests/}" "$@"

if [ -n "$missing" ]; then
  echo "== Left out: the tests on services, because $missing"
  [ "${REQUIRE_SERVICES:-}" != 1 ] || exit 1
  exit 0
fi

# Fewer processes: PostgreSQL gives a hundred connections, and some tests take fifty.
echo "== On PostgreSQL and Redis"
DATABASE_URL="$TEST_POSTGRES_URL/mishmob" REDIS_URL="$TEST_REDIS_URL/1" \
  "$BIN/pytest" -n "$(((WORKERS + 2) / 2))" --dist loadgroup -m "$services" \
  tests/domains tests/graphql_api tests/web tests/services "$@"
