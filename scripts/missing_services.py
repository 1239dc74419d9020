"""Prints which of the services that the tests need is missing, and where it was looked for."""

import os
import shutil

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
if shutil.which("redis-server") is None:
    missing.append("there is no program redis-server: the tests start one of their own")
print("; ".join(missing))  # noqa: T201 - this is its answer
