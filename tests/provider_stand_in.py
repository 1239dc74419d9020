"""A strict server in place of Google, LinkedIn, Apple and Facebook: it signs tokens, and exchanges codes once."""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.cache import caches

from config.log_in_providers import providers_of

ORIGINS = (
    "https://accounts.google.com",
    "https://www.linkedin.com",
    "https://appleid.apple.com",
    "https://graph.facebook.com",
    "https://limited.facebook.com",
)
ISSUERS = {
    "GOOGLE": "https://accounts.google.com",
    "LINKEDIN": "https://www.linkedin.com/oauth",
    "APPLE": "https://appleid.apple.com",
    "FACEBOOK": "https://www.facebook.com",
}
KID = "the-key-of-today"
SIGNING_KEY = rsa.generate_private_key(65537, 2048)
APPLE_KEY = ec.generate_private_key(ec.SECP256R1())
FRONTEND = "https://app.example.org/logged-in"


def _pem(key: Any) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return str(key.private_bytes(encoding, form, serialization.NoEncryption()).decode())


#: What an operator would set.
ENVIRONMENT: dict[str, Any] = {
    "GOOGLE_CLIENT_ID": ["google-web", "google-ios"],
    "GOOGLE_CLIENT_SECRET": "google-secret",
    "LINKEDIN_CLIENT_ID": ["linkedin-web"],
    "LINKEDIN_CLIENT_SECRET": "linkedin-secret",
    "FACEBOOK_CLIENT_ID": ["1234567890"],
    "FACEBOOK_CLIENT_SECRET": "facebook-secret",
    "APPLE_CLIENT_ID": ["org.example.web", "org.example.app"],
    "APPLE_TEAM_ID": "TEAM",
    "APPLE_KEY_ID": "KEY",
    "APPLE_PRIVATE_KEY": _pem(APPLE_KEY),
}
AUDIENCES = {name: ENVIRONMENT[f"{name}_CLIENT_ID"][0] for name in ISSUERS}


def id_token(
    provider: str = "GOOGLE",
    *,
    key: Any = SIGNING_KEY,
    algorithm: str = "RS256",
    headers: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    """Return a token of the provider; a claim of None is left out."""
    now = int(time.time())
    said = {
        "iss": ISSUERS[provider],
        "aud": AUDIENCES[provider],
        "sub": "1001",
        "iat": now,
        "exp": now + 600,
        "at_hash": secrets.token_hex(4),  # no two tokens are the same
        "email": "ada@example.org",
        "email_verified": True,
        "name": None if provider == "APPLE" else "Ada Lovelace",
    } | claims
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": KID, **(headers or {})})


class StandIn:
    """The server. `codes` maps the codes that it exchanges to the provider and the claims of the person."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, dict[str, Any]]] = {}
        #: Facebook's access tokens: for which app, and what the graph says of the person.
        self.access_tokens: dict[str, tuple[str, dict[str, Any]]] = {}
        self.userinfo: dict[str, Any] = {}
        #: PKCE: the challenge with which a code was asked for.
        self.challenges: dict[str, str] = {}
        self.pictures: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        #: What goes wrong: "down" answers 503, "redirect" leads elsewhere, "endless" never ends.
        self.trouble = ""
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """End the server."""
        self.trouble = ""
        self._server.shutdown()
        self._server.server_close()

    @property
    def stand_ins(self) -> dict[str, str]:
        """The setting LOG_IN_STAND_INS."""
        return dict.fromkeys(ORIGINS, self.url)

    def answer(self, path: str, given: dict[str, str], authorization: str) -> tuple[int, Any]:
        """Return the status and the JSON of the provider's end point."""
        if path.endswith("/userinfo"):
            return (200, self.userinfo) if authorization == "Bearer opaque" else (401, {})
        if path.endswith(("/token", "/oauth/access_token")):
            return self._exchange(given)
        if path.endswith("/debug_token"):
            app, _ = self.access_tokens.get(given["input_token"], ("", {}))
            is_own = given["access_token"] == "app-token"
            return (200, {"data": {"is_valid": bool(app), "app_id": app}}) if is_own else (400, {})
        if path.endswith("/me"):
            return 200, self.access_tokens[given["access_token"]][1]
        document = _public_document(path)
        return (200, document) if document else (404, {})

    def _exchange(self, given: dict[str, str]) -> tuple[int, Any]:
        if given.get("grant_type") == "client_credentials":
            return 200, {"access_token": "app-token"}
        provider, claims = self.codes.pop(given.get("code", ""), ("", {}))
        if not provider or given["client_id"] != AUDIENCES[provider] or not self._knows_secret(provider, given):
            return 400, {"error": "invalid_grant"}
        challenge = self.challenges.pop(given["code"], "")
        verifier = given.get("code_verifier", "")
        if provider == "LINKEDIN" and verifier:
            return 401, {"error": "invalid_client"}
        if challenge and challenge != urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode():
            return 400, {"error": "invalid_grant"}
        if provider == "FACEBOOK":
            token = b64encode(given["code"].encode()).decode()
            self.access_tokens[token] = (AUDIENCES[provider], claims)
            return 200, {"access_token": token, "token_type": "bearer", "expires_in": 3600}
        self.userinfo = {"sub": "1001", **claims}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": id_token(provider, **claims)}

    def _knows_secret(self, provider: str, given: dict[str, str]) -> bool:
        if provider != "APPLE":
            return bool(given["client_secret"] == ENVIRONMENT[f"{provider}_CLIENT_SECRET"])
        public = APPLE_KEY.public_key()
        said = jwt.decode(given["client_secret"], public, algorithms=["ES256"], audience=ISSUERS["APPLE"])
        return bool(said["iss"] == "TEAM" and said["sub"] == AUDIENCES["APPLE"])


def _public_document(path: str) -> dict[str, Any]:
    if path.endswith("/.well-known/openid-configuration"):
        issuer = ISSUERS["LINKEDIN" if path.startswith("/oauth/") else "GOOGLE"]
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
        }
    if path.endswith(("/jwks", "/jwks/", "/auth/keys")):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(SIGNING_KEY.public_key()))
        return {"keys": [{**public, "kid": KID, "use": "sig", "alg": "RS256"}]}
    return {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer with what the address names."""
        self._answer(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        """Answer the form."""
        self._answer(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    def _answer(self, given: dict[str, list[str]]) -> None:
        stand_in, path = self.server.stand_in, urlsplit(self.path).path
        stand_in.asked[path] += 1
        if stand_in.trouble:
            self._misbehave(stand_in)
        elif path in stand_in.pictures:
            self._send(200, stand_in.pictures[path], "image/png")
        else:
            one = {name: values[0] for name, values in given.items()}
            status, said = stand_in.answer(path, one, self.headers.get("Authorization", ""))
            self._send(status, json.dumps(said).encode(), "application/json")

    def _misbehave(self, stand_in: StandIn) -> None:
        if stand_in.trouble == "down":
            return self._send(503, b"", "text/plain")
        self.send_response(302 if stand_in.trouble == "redirect" else 200)
        self.send_header("Location", f"{stand_in.url}/elsewhere")
        self.end_headers()
        with suppress(ConnectionError):  # once the other side has had enough
            while stand_in.trouble == "endless":
                self.wfile.write(b" " * 65536)
        return None

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def stood_in(settings: Any) -> Iterator[StandIn]:
    """All four providers are set up, and this server stands in for theirs."""
    caches["local"].clear()
    stand_in = StandIn()
    settings.SOCIALACCOUNT_PROVIDERS = providers_of(ENVIRONMENT)
    settings.LOG_IN_STAND_INS = stand_in.stand_ins
    settings.LOG_IN_REDIRECTS = [FRONTEND, "org.example.app:/logged-in"]
    try:
        yield stand_in
    finally:
        stand_in.close()
