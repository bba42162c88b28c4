"""Bearer tokens: a file of their hashes, one `NAME SHA256` a line.

Several lines may have one name, so that a new token can be handed out before the old one is removed. Blank lines and
those that begin with # are left out.

A token is 256 random bits, which nobody can try through: what slow password hashes and salts are there for does not
arise, and a plain SHA-256 says no more about a token than nothing. (A password is no token: it could be guessed.)
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ecg_server.access.errors import AccessError, TokenFileError
from ecg_server.access.file_mode import warn_if_others_can_read
from ecg_server.access.watched_files import WatchedFiles

TOKEN_BYTES = 32

logger = logging.getLogger(__name__)

_NAME = re.compile(r"[!-\"$-~][!-~]{0,63}")
_LINE = re.compile(rf"(?P<name>{_NAME.pattern}) (?P<digest>[0-9a-fA-F]{{64}})")


@dataclass(frozen=True, slots=True)
class TokenHash:
    """One line of the file.

    Attributes:
        name: whose token it is.
        digest: the token's SHA-256.
    """

    name: str
    digest: bytes


class TokenFile:
    """The tokens that are in force. The file is read again once it has changed.

    Raises:
        TokenFileError: it cannot be read, or a line is wrong.
    """

    def __init__(self, path: Path) -> None:
        self._hashes = WatchedFiles((path,), lambda: read_tokens(path))
        warn_if_others_can_read(path)

    def name_of(self, token: str) -> str:
        """Return whose token this is; empty: nobody's. How long it takes does not tell how near a wrong one came."""
        digest = _digest(token)
        name = ""
        # To the end, whatever was found.
        for known in self._hashes.current():
            if hmac.compare_digest(known.digest, digest):
                name = known.name
        return name


def new_token(name: str) -> tuple[str, str]:
    """Return a token made for somebody, and the line for the file. The token is not kept anywhere.

    Raises:
        AccessError: the name is not 1 to 64 printable ASCII characters without spaces, or begins with #.
    """
    if not _NAME.fullmatch(name):
        raise AccessError(
            f"{name!r} cannot be a token's name: give 1 to 64 printable ASCII characters, no spaces, no # at the start"
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, f"{name} {_digest(token).hex()}"


def read_tokens(path: Path) -> tuple[TokenHash, ...]:
    """Return the lines of a token file.

    Raises:
        TokenFileError: it cannot be read, or a line is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TokenFileError(path, f"{error.strerror}; name a file that the server can read") from error
    except UnicodeDecodeError as error:
        raise TokenFileError(path, "it is no text; write one `NAME SHA256` a line") from error
    hashes = tuple(_parsed(text, path))
    if not hashes:
        logger.warning("the token file %s has no token: nobody can call", path)
    return hashes


def _parsed(text: str, path: Path) -> Iterator[TokenHash]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        fitting = _LINE.fullmatch(" ".join(words))
        if fitting is None:
            # The line itself is not repeated: somebody may have written the token in place of its hash.
            raise TokenFileError(
                path, f"line {number} must be a name, a space, and the token's SHA-256 in 64 hexadecimal digits"
            )
        yield TokenHash(fitting["name"], bytes.fromhex(fitting["digest"]))


def _digest(token: str) -> bytes:
    # Metadata is ASCII on the wire; whatever else comes has a hash too, and it fits none.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
