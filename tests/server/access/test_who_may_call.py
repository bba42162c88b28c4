"""Tokens over a real connection, alone and together with certificates."""

import os
from pathlib import Path

import grpc
import pytest
import trustme

from ecg_server.access.tokens import new_token
from ecg_server.settings import AccessSettings
from ecg_testing.certificates import client_credentials, server_files
from ecg_testing.guarded import Metadata, connection, guarded_server, refusal, who_am_i
from ecg_testing.statuses import CallStatus

Tokens = tuple[str, Path]


def bearer(token: str) -> Metadata:
    """Return the metadata that shows a token."""
    return [("authorization", f"Bearer {token}")]


def write(path: Path, *lines: str) -> None:
    """Replace the token file."""
    new = path.with_suffix(".new")
    new.write_text("\n".join(lines))
    new.chmod(0o600)
    os.replace(new, path)  # noqa: PTH105 - says what it does


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    """The token of "archive", and the file that has it."""
    token, line = new_token("archive")
    path = tmp_path / "tokens"
    write(path, line)
    return token, path


def assert_one_status(statuses: list[CallStatus], code: grpc.StatusCode, reason: str) -> None:
    """Nobody can tell one of these refusals from another: text and details are the same."""
    assert (statuses[0].code, statuses[0].reason) == (code, reason)
    assert statuses == [statuses[0]] * len(statuses)


async def test_only_who_has_a_token_may_call(tokens: Tokens) -> None:
    """No token, a wrong one, one of another kind, two headers: the status is the same to the letter."""
    token, path = tokens
    wrong: list[Metadata] = [
        [],
        bearer("wrong"),
        bearer(new_token("archive")[0]),
        bearer(token[:-1]),
        bearer(""),
        [("authorization", f"Basic {token}")],
        [("authorization", token)],
        [*bearer(token), *bearer(token)],
    ]
    async with guarded_server(AccessSettings(tokens=path)) as address, connection(address) as channel:
        statuses = [await refusal(channel, metadata) for metadata in wrong]
        assert await who_am_i(channel, bearer(token)) == "archive"

    assert_one_status(statuses, grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_tokens_are_handed_over_and_taken_away_while_the_server_runs(tokens: Tokens) -> None:
    """For a while two tokens of one name are in force; the next call after one was removed is refused."""
    old, path = tokens
    old_line = path.read_text()
    new, new_line = new_token("archive")
    async with guarded_server(AccessSettings(tokens=path)) as address, connection(address) as channel:
        await refusal(channel, bearer(new))
        write(path, old_line, new_line)
        assert [await who_am_i(channel, bearer(token)) for token in (old, new)] == ["archive", "archive"]
        write(path, new_line)
        await refusal(channel, bearer(old))
        assert await who_am_i(channel, bearer(new)) == "archive"


async def test_a_broken_token_file_leaves_the_old_tokens_in_force(
    tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why, and does not repeat the line."""
    token, path = tokens
    async with guarded_server(AccessSettings(tokens=path)) as address, connection(address) as channel:
        write(path, "somebody SECRET")
        assert await who_am_i(channel, bearer(token)) == "archive"
        path.unlink()
        assert await who_am_i(channel, bearer(token)) == "archive"

    first, second = (record.getMessage() for record in caplog.records if record.levelname == "ERROR")
    assert first.startswith(f"cannot use the token file {path}: line 1 must be a name")
    assert second.startswith(f"cannot use the token file {path}: No such file or directory")
    assert "SECRET" not in caplog.text


async def test_with_tokens_and_certificates_both_are_needed(tmp_path: Path, tokens: Tokens) -> None:
    """The caller has its token's name; whichever of the two is wrong, the status is the same to the letter."""
    token, path = tokens
    authority = trustme.CA()
    right = client_credentials(authority, authority.issue_cert("ward-7"))
    wrong = client_credentials(authority, authority.issue_cert("ward-8"))
    none = client_credentials(authority)
    access = AccessSettings(tls=server_files(tmp_path, authority).tls("ward-7"), tokens=path)
    async with guarded_server(access) as address:
        async with connection(address, right) as channel:
            assert await who_am_i(channel, bearer(token)) == "archive"
            statuses = [await refusal(channel, metadata) for metadata in ([], bearer("wrong"))]
        async with connection(address, wrong) as channel:
            statuses += [await refusal(channel, metadata) for metadata in (bearer(token), bearer("wrong"), [])]
        async with connection(address, none) as channel:
            assert (await refusal(channel, bearer(token))).code is grpc.StatusCode.UNAVAILABLE

    assert_one_status(statuses, grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_tokens_alone_may_travel_over_tls(tmp_path: Path, tokens: Tokens) -> None:
    """Clients have no certificate then."""
    token, path = tokens
    authority = trustme.CA()
    access = AccessSettings(tls=server_files(tmp_path, authority).plain_tls(), tokens=path)
    async with guarded_server(access) as address, connection(address, client_credentials(authority)) as channel:
        assert await who_am_i(channel, bearer(token)) == "archive"
        assert (await refusal(channel, bearer("wrong"))).code is grpc.StatusCode.UNAUTHENTICATED
