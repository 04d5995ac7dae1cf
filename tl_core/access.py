"""Who may do what, from the cookies of a browser.

A person's name is 128 random bits that the server draws. A teacher proves the
secret in `TL_TEACHER` once and gets a signed cookie that lasts a day; another
secret, or none, makes it worthless.
"""

from __future__ import annotations

import hmac
import os
import uuid

from itsdangerous import BadData, URLSafeTimedSerializer

TEACHER = "tl_teacher"
"""The name of the teacher's cookie."""
DAY = 24 * 3600
LEAST = 12
"""Characters that a teacher's secret needs; a shorter one is none."""


def new_name() -> str:
    """A name for a browser that has none."""
    return uuid.uuid4().hex


def is_name(text: str) -> bool:
    """Whether a cookie holds what may be a person's name."""
    return text.isascii() and text.isalnum() and len(text) <= 64


def secret() -> str:
    """The teacher's secret; empty where there is none."""
    given = os.environ.get("TL_TEACHER", "")
    return given if len(given) >= LEAST else ""


def proves(given: str) -> bool:
    """Whether somebody knows the teacher's secret; takes equally long
    however much of it is right."""
    wanted = secret()
    return (
        hmac.compare_digest(given.encode(), wanted.encode()) and wanted != ""
    )


def signed() -> str:
    """The value of a teacher's cookie, from now on."""
    return str(_signer().dumps("teacher"))


def is_teacher(cookie: str) -> bool:
    """Whether a cookie was signed here with the present secret within a
    day."""
    if not secret():
        return False
    try:
        return _signer().loads(cookie, max_age=DAY) == "teacher"
    except BadData:
        return False


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret(), salt=TEACHER)
