"""Who may ask: tokens, and the addresses that only this machine reaches."""

import hmac
import ipaddress
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cx_nlp.errors import InputError

VARIABLE = "CX_NLP_TOKEN"
TOKEN_CHARS = 16
_HOW = (
    'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))" > token.txt, readable by you only, and '
    f"give --token-file token.txt, or put it into the environment variable {VARIABLE}"
)


class Tokens:
    """Tokens that open the service; compared in a time that tells nothing about them."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._digests = [_digest(token) for token in tokens]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def open(self, authorization: str) -> bool:
        """Whether a header `Authorization: Bearer TOKEN` holds one of them."""
        scheme, _, token = authorization.partition(" ")
        given = _digest(token.strip())
        found = [hmac.compare_digest(given, digest) for digest in self._digests]
        return scheme.lower() == "bearer" and any(found)


def read_tokens(path: Path | None) -> tuple[str, ...]:
    """Tokens from a file, one a line, or else from the environment; none where neither is given.

    Raises
    ------
    InputError
        The file cannot be read or holds none, or a token is short enough to be guessed.
    """
    if path is None:
        given = os.environ.get(VARIABLE, "").split()
    else:
        try:
            given = path.read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: the token cannot be read ({error}); {_HOW}.") from error
        if not given:
            raise InputError(f"{path}: holds no token; {_HOW}.")
    where = VARIABLE if path is None else str(path)
    for number, token in enumerate(given, 1):
        if len(token) < TOKEN_CHARS or not token.isascii():
            raise InputError(
                f"{where}: token {number} must be {TOKEN_CHARS} or more letters, digits and signs without accents; {_HOW}."
            )
    return tuple(given)


def check_open(host: str, tokens: Sequence[str]) -> None:
    """Refuse to be reached from other machines without a token.

    Raises
    ------
    InputError
        `host` is no loopback address and there is no token.
    """
    if not tokens and not is_loopback(host):
        raise InputError(
            f"--host {host} lets other machines in, and without a token everybody there could use the service; {_HOW}."
        )


def is_loopback(host: str) -> bool:
    """Whether a name or address of a host, as in `Host:` without the port, is this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("[::1]"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
