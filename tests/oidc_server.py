"""A small OpenID Connect provider on loopback, for tests: discovery, authorization, token, keys, end of session.

Who logs in next is what the test has set in `claims`; nothing is asked. Tokens are RS256 with the nonce of the request.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "readership-tests", "not-a-real-secret-of-anybody"


@dataclass
class Provider:
    """The running provider.

    Attributes:
        claims: of the next login; `iss`, `aud`, `iat`, `exp` and `nonce` are set unless they are there.
        logins: how often somebody was sent here.
        ended: how often somebody came to log out.
        host: a page of another origin than the dashboard's, for what frames it.
    """

    url: str
    claims: dict[str, Any] = field(default_factory=dict)
    logins: int = 0
    ended: int = 0
    host: str = ""
    nonces: dict[str, str] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}))

    def metadata(self, _request: Request) -> Response:
        ends = {name: f"{self.url}/{name.split('_')[0]}" for name in ("authorization_endpoint", "token_endpoint")}
        return JSONResponse(
            {
                "issuer": self.url, **ends, "jwks_uri": f"{self.url}/keys", "end_session_endpoint": f"{self.url}/end",
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            }
        )  # fmt: skip

    def authorize(self, request: Request) -> Response:
        self.logins += 1
        code = secrets.token_urlsafe(8)
        self.nonces[code] = request.query_params.get("nonce", "")
        back = {"code": code, "state": request.query_params["state"]}
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{urlencode(back)}", status_code=302)

    async def token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        nonce = self.nonces.pop(form["code"][0], None)
        if nonce is None:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        told = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce} | self.claims
        token = jwt.encode({"alg": "RS256", "kid": "1"}, told, self.key)
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": token, "expires_in": 300})

    def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def end(self, request: Request) -> Response:
        self.ended += 1
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], status_code=302)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.metadata),
                Route("/authorization", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
                Route("/end", self.end),
                Route("/host", lambda _request: HTMLResponse(self.host)),
            ]
        )


class Running:
    """The provider in a thread of its own: `with Running() as provider: …`."""

    def __enter__(self) -> Provider:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
        self._server = uvicorn.Server(uvicorn.Config(self.provider.app(), log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve([listening])), daemon=True)
        self._thread.start()
        for _ in range(200):
            if self._server.started:
                return self.provider
            time.sleep(0.02)
        raise AssertionError("The OIDC provider did not start.")

    def __exit__(self, *_error: object) -> None:
        self._server.should_exit = True
        self._thread.join(5)


def auth(provider: Provider, origin: str, cookie_secret: str) -> str:
    """secrets.toml for a server at `origin` that trusts the provider."""
    return (
        "[auth]\n"
        f'redirect_uri = "{origin}/oauth2callback"\n'
        f'cookie_secret = "{cookie_secret}"\n'
        f'client_id = "{CLIENT}"\n'
        f'client_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider.url}/.well-known/openid-configuration"\n'
    )
