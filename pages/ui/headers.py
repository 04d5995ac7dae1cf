"""What the lab tells a browser not to allow, on every answer.

A page runs scripts of this server alone: its files, and the few lines that
stand in its HTML, each known by its hash; no text that finds its way into a
page becomes a script. Two rules are wider than one would like. Scripts may
come from `blob:`, for Streamlit hands over the code of a component of ours in
that way; only a script that runs already can make one. Styles may stand
anywhere ('unsafe-inline'): Streamlit makes its styles while it runs, charts
and formulas carry theirs in attributes. `TL_FRAME_ANCESTORS` names the sites
that may show the lab in a frame ('self').
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import MutableMapping
from typing import Any

from tl_core.texts import say

Message = MutableMapping[str, Any]
FIXED = {
    "x-content-type-options": "nosniff",
    # Links hold runs and settings; other sites do not learn them.
    "referrer-policy": "same-origin",
    "permissions-policy": say(
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "cross-origin-opener-policy": "same-origin",
}
PAGE = {
    "default-src": "'self'",
    "script-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
POLICY = b"content-security-policy"
OLD = {"'self'": "SAMEORIGIN", "'none'": "DENY"}
"""The same in the words of older browsers, which know no lists."""
MEDIA = "/media/"
FILE = say(
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
"""For files that a page offers: opened by themselves they are inert."""
INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
ANCESTORS = re.compile(r"'(self|none)'|(https?://[\w.*:-]+ ?)+", re.ASCII)


def ancestors() -> str:
    """Who may show the lab in a frame.

    Raises:
        ValueError: `TL_FRAME_ANCESTORS` is not a list of addresses.
    """
    given = os.environ.get("TL_FRAME_ANCESTORS", "'self'").strip()
    if not ANCESTORS.fullmatch(given):
        raise ValueError(
            f"TL_FRAME_ANCESTORS cannot be {given!r}; use 'self', 'none' or "
            "addresses such as https://moodle.example.edu, with blanks "
            "between them."
        )
    return given


def policy(body: bytes) -> bytes:
    """The Content-Security-Policy of a page, with its own scripts."""
    rules = {**PAGE, "frame-ancestors": ancestors()}
    own = {_hash(script) for script in INLINE.findall(body)}
    rules["script-src"] = " ".join([PAGE["script-src"], *sorted(own)])
    return "; ".join(
        f"{name} {value}" for name, value in rules.items()
    ).encode()


def _hash(script: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return f"'sha256-{digest}'"


class SecurityHeaders:
    """ASGI middleware that adds FIXED, who may frame, and a policy where the
    answer has none of its own."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.framing = ancestors()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._added(scope, message)}
            await send(message)

        await self.app(scope, receive, sending)

    def _added(self, scope: Any, message: Message) -> list[Any]:
        ours = dict(FIXED)
        if self.framing in OLD:
            ours["x-frame-options"] = OLD[self.framing]
        headers = list(message["headers"])
        if scope["path"].startswith(MEDIA):
            headers = [h for h in headers if h[0].lower() != POLICY]
            ours[POLICY.decode()] = FILE
        elif not any(name.lower() == POLICY for name, _ in headers):
            ours[POLICY.decode()] = policy(b"").decode()
        added = [(name.encode(), it.encode()) for name, it in ours.items()]
        return headers + added
