"""TLS files of a cluster: one key and its certificate, for every part of it.

The certificate is its own authority. Who holds the key may send code to the
cluster; who does not is refused before the first message. The files are
Dask's own way of TLS, so its other tools take them too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed.security import Security

CERTIFICATE, KEY = "certificate.pem", "key.pem"
ROLES = ("client", "worker", "scheduler")


def make(folder: Path) -> None:
    """Write a new key and certificate, valid for a year, that only this user
    may read.

    Raises:
        FileExistsError: there is a key already; it is left alone.
        PermissionError: others may write into the folder.
    """
    from distributed.security import Security

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o022:
        raise PermissionError(
            f"Others may write into {folder}; take the right away with "
            f"chmod 700 {folder}."
        )
    fresh = Security.temporary()
    _put(folder / KEY, fresh.tls_client_key)
    _put(folder / CERTIFICATE, fresh.tls_client_cert)


def _put(path: Path, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "w") as file:
        file.write(text)


def found(folder: Path) -> Security:
    """The credentials in a folder, for every part of a cluster.

    Raises:
        FileNotFoundError: they are not there.
    """
    from distributed.security import Security

    for name in (CERTIFICATE, KEY):
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"There is no {name} in {folder}; copy both files there from "
                "the scheduler's machine."
            )
    both = {"cert": folder / CERTIFICATE, "key": folder / KEY}
    return Security(
        require_encryption=True,
        tls_ca_file=str(folder / CERTIFICATE),
        **{f"tls_{r}_{k}": str(p) for r in ROLES for k, p in both.items()},
    )


def settings(folder: Path) -> dict[str, str]:
    """The same as environment variables of Dask's configuration, with which
    a client joins."""
    tls = "DASK_DISTRIBUTED__COMM__TLS"
    return {
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true",
        f"{tls}__CA_FILE": str(folder / CERTIFICATE),
        f"{tls}__CLIENT__CERT": str(folder / CERTIFICATE),
        f"{tls}__CLIENT__KEY": str(folder / KEY),
    }
