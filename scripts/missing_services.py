"""Prints which of the services that the tests need does not answer, and where it was looked for."""

import os

import psycopg
import redis

missing = []
try:
    psycopg.connect(os.environ["TEST_POSTGRES_URL"] + "/postgres", connect_timeout=3).close()
except psycopg.Error:
    missing.append(f"PostgreSQL does not answer at {os.environ['TEST_POSTGRES_URL']}")
try:
    redis.Redis.from_url(os.environ["TEST_REDIS_URL"], socket_connect_timeout=3).ping()
except redis.RedisError:
    missing.append(f"Redis does not answer at {os.environ['TEST_REDIS_URL']}")
print("; ".join(missing))  # noqa: T201 - this is its answer
