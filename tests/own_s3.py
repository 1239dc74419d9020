"""A real S3 server (SeaweedFS) in processes of its own, with one private bucket."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.live_server import ARTIFACTS, free_port

WEED = shutil.which("weed", path=str(Path(sys.executable).parent))
KEY, SECRET, BUCKET = "mishmob", "a-secret-for-tests", "mishmob"
START_PATIENCE = 60


class OwnS3:
    """The server; `url` is the value of STORAGE_URL."""

    def __init__(self, folder: Path) -> None:
        self.endpoint = f"http://127.0.0.1:{free_port()}"
        self.url = f"s3://{KEY}:{SECRET}@{BUCKET}?endpoint_url={self.endpoint}"
        identity = {
            "name": "mishmob",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        config = folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        ports = {f"{part}.port": free_port() for part in ("master", "volume", "filer")}
        grpc = {f"{part}.port.grpc": free_port() for part in ("master", "volume", "filer", "s3")}
        given = {
            "dir": folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "s3.port": self.endpoint.rpartition(":")[2],
            "s3.config": config,
            "master.volumeSizeLimitMB": 64,
            "master.telemetry": "false",
            "volume.max": 10,
            **ports,
            **grpc,
        }
        with (ARTIFACTS / "own-s3.log").open("ab") as log:
            assert WEED, "there is no S3 server: run `make install-dev`"
            command = [WEED, "server", "-s3", *(f"-{name}={value}" for name, value in given.items())]
            self._process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        self._make_bucket()

    def client(self) -> Any:
        """Return a client with every right."""
        config = Config(s3={"addressing_style": "path"}, signature_version="s3v4", retries={"total_max_attempts": 1})
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=config,
        )

    def names(self) -> list[str]:
        """Return the names of all that is stored."""
        found = self.client().list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return sorted(one["Key"] for one in found)

    def _make_bucket(self) -> None:
        deadline, client = time.monotonic() + START_PATIENCE, self.client()
        while True:
            try:
                client.create_bucket(Bucket=BUCKET)
                client.put_object(Bucket=BUCKET, Key="first", Body=b"x")  # it takes writes a moment later
                client.delete_object(Bucket=BUCKET, Key="first")
            except (BotoCoreError, ClientError):
                assert time.monotonic() < deadline, "the S3 server did not start: see own-s3.log"
                assert self._process.poll() is None, "the S3 server ended: see own-s3.log"
                time.sleep(0.2)
            else:
                return

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
