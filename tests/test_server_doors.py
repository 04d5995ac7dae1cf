"""Who gets into a real server: by the login of a tiny OpenID provider, by the
names of this machine, from its own pages."""

import asyncio
import http.client
import threading
import time

import httpx
import pytest
import uvicorn
from joserfc import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from pages.ui import login
from tests.benchmarks.websocket_client import LARGEST, XSRF, Answer, Viewer
from tests.conftest import toy
from tests.e2e.conftest import Server, free_port

pytestmark = pytest.mark.filterwarnings("default")
SECRETS = """
[auth]
redirect_uri = "{lab}/oauth2callback"
cookie_secret = "a secret for cookies of this test"
client_id = "lab"
client_secret = "known to both"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


class Provider:
    """Lets in whoever comes, as the person that `subject` names."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.subject = "ann"
        self.nonce = ""
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
        known = "/.well-known/openid-configuration"
        routes = [
            Route(known, self.metadata),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), port=self.port, log_level="error"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def metadata(self, request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def authorize(self, request: Request) -> RedirectResponse:
        asked = request.query_params
        self.nonce = asked["nonce"]
        assert asked["code_challenge_method"] == "S256"
        back = f"{asked['redirect_uri']}?code=1&state={asked['state']}"
        return RedirectResponse(back)

    def token(self, request: Request) -> JSONResponse:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "lab",
            "sub": self.subject,
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 60,
        }
        header = {"alg": "RS256", "kid": "1"}
        signed = jwt.encode(header, claims, self.key)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": signed}
        )

    def keys(self, request: Request) -> JSONResponse:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


class Guest(Viewer):
    """A tab that remembers where it is sent to log in."""

    sent_to = ""

    async def __aenter__(self) -> Viewer:
        self._socket = await connect(
            self.address,
            origin=self.server,  # type: ignore[arg-type]
            subprotocols=["streamlit", *self.token()],
            max_size=LARGEST,
            additional_headers={"Cookie": self._cookie()},
        )
        return self

    def token(self) -> list[str]:
        """What a browser says beside its cookies, to show that the page
        itself is asking."""
        return [self.cookies[XSRF]] if XSRF in self.cookies else []

    def _heard(self, message: ForwardMsg, answer: Answer) -> bool:
        if message.WhichOneof("type") == "auth_redirect":
            self.sent_to = message.auth_redirect.url
        return super()._heard(message, answer)


@pytest.fixture(scope="module")
def provider():
    running = Provider()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def lab(provider, tmp_path_factory):
    home = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch:
        port = free_port()
        secrets = home / "secrets.toml"
        address = f"http://127.0.0.1:{port}"
        secrets.write_text(SECRETS.format(lab=address, provider=provider.url))
        patch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
        running = Server(home, port)
    yield running
    running.stop()


def said(answer: Answer) -> str:
    return "\n".join(map(str, answer.elements))


async def entered(lab: Server) -> dict[str, str]:
    """The cookies of a browser that has gone through the login."""
    async with Guest(lab.port) as guest:
        page = await guest.open()
        await guest.press(page.widget("Log in"))
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        await browser.get(f"{lab.url}/_stcore/health")
        await browser.get(lab.url + guest.sent_to)
        return dict(browser.cookies.items())


@pytest.mark.parametrize("page", ["", "run", "runs", "interview"])
def test_who_has_not_logged_in_sees_a_button_and_nothing_else(lab, page):
    async def look() -> Answer:
        async with Guest(lab.port) as guest:
            return await guest.open(page)

    seen = asyncio.run(look())
    assert sorted(seen.kinds()) == ["button", "heading", "markdown"]
    assert "for people who log in" in said(seen)
    html = httpx.get(lab.url + "/", headers={"accept": "text/html"})
    assert "tl-first" not in html.text


def test_a_login_opens_the_lab_and_names_the_owner(lab, provider):
    spec = toy("full", seed=77)
    changes = "&".join(f"{k}={v}" for k, v in spec.changes().items())

    async def visit(subject: str, page: str, query: str = "") -> Answer:
        provider.subject = subject
        cookies = await entered(lab)
        async with Guest(lab.port, cookies) as guest:
            seen = await guest.open(page, query)
            if page == "run":
                await guest.press(seen.widget("Run"))
            return seen

    assert "Run an experiment" in said(
        asyncio.run(visit("ann", "run", changes))
    )
    assert "seed 77" in said(asyncio.run(visit("ann", "runs")))
    of_bob = said(asyncio.run(visit("bob", "runs")))
    assert "No run yet" in of_bob
    assert "Log out" in of_bob


def test_a_forged_login_is_none(lab):
    async def look() -> Answer:
        forged = {"_streamlit_user": '{"is_logged_in":true,"sub":"ann"}'}
        async with Guest(lab.port, forged) as guest:
            return await guest.open()

    assert "for people who log in" in said(asyncio.run(look()))


def knock(lab: Server, host: str, origin: str) -> int:
    """How a request for a websocket is answered."""
    door = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=10)
    door.putrequest("GET", "/_stcore/stream", skip_host=True)
    for name, value in {
        "Host": host,
        "Origin": origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }.items():
        door.putheader(name, value)
    door.endheaders()
    status = door.getresponse().status
    door.close()
    return status


def test_other_names_and_other_sites_are_refused(lab):
    own = f"127.0.0.1:{lab.port}"
    assert knock(lab, own, f"http://{own}") == 101
    assert knock(lab, f"localhost:{lab.port}", "http://localhost") == 101
    assert knock(lab, own, "https://evil.example") == 403
    # A name of theirs that they had pointed here: for the browser it is one
    # site with the lab.
    assert knock(lab, "evil.example", "http://evil.example") == 403


def test_secrets_that_cannot_be_read_keep_the_lab_shut(tmp_path, monkeypatch):
    from streamlit import config

    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\n")
    monkeypatch.setattr(config, "get_option", lambda name: [str(broken)])
    monkeypatch.setattr(login.st.secrets, "load_if_toml_exists", lambda: False)
    with pytest.raises(ValueError, match="cannot be read as TOML"):
        login.check()
    broken.unlink()
    login.check()


def test_the_start_page_is_found_by_its_name(lab):
    said = httpx.get(f"{lab.url}/start?theme=dark", follow_redirects=True)
    assert said.status_code == 200
    assert str(said.url) == f"{lab.url}/?theme=dark"
    bare = httpx.get(f"{lab.url}/start")
    assert bare.headers["location"] == "./"
