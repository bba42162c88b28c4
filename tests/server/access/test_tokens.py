"""The token file: its lines, and whose a token is."""

import hashlib
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_server.access.errors import AccessError, TokenFileError
from ecg_server.access.tokens import TokenFile, new_token


def token_file(path: Path, *lines: str) -> TokenFile:
    """Return the tokens of a file of these lines."""
    path.write_text("\n".join(lines))
    path.chmod(0o600)
    return TokenFile(path)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TokenFile:
    """A file of one token."""
    return token_file(tmp_path_factory.mktemp("tokens") / "tokens", new_token("ward-7")[1])


def test_a_new_token_is_256_bits_and_its_line_has_only_the_hash() -> None:
    """The line is what sha256sum would say of the token; two tokens are never the same."""
    token, line = new_token("ward-7")

    assert line == f"ward-7 {hashlib.sha256(token.encode()).hexdigest()}"
    assert len(token) == 43  # 32 bytes in base64 without padding
    assert new_token("ward-7")[0] != token


def test_each_token_is_its_owners(tmp_path: Path) -> None:
    """Several owners, and one of them with two tokens at once; comments and blank lines are nobody."""
    first, first_line = new_token("ward-7")
    second, second_line = new_token("ward-7")
    other, other_line = new_token("archive")
    tokens = token_file(tmp_path / "tokens", "# ours", "", first_line, f"  {other_line.upper()}  ", "", second_line)

    assert [tokens.name_of(token) for token in (first, second, other)] == ["ward-7", "ward-7", "ARCHIVE"]


@given(text=st.text())
def test_what_is_no_token_is_nobodys(tokens: TokenFile, text: str) -> None:
    """Whatever it is, text that cannot be encoded included."""
    assert tokens.name_of(text) == ""


def test_a_token_that_is_near_the_right_one_is_nobodys(tmp_path: Path) -> None:
    """Nor is its hash, which anybody may know who has read the file."""
    token, line = new_token("ward-7")
    tokens = token_file(tmp_path / "tokens", line)

    assert [tokens.name_of(near) for near in (token[:-1], token + " ", " " + token, line.split()[1], line, "")] == [
        ""
    ] * 6


@pytest.mark.parametrize(
    "line",
    [
        "ward-7",
        "ward-7 " + "0" * 63,
        "ward-7 " + "0" * 65,
        "ward-7 " + "g" * 64,
        "ward 7 " + "0" * 64,
        "0" * 64,
        "w\u00e4rd-7 " + "0" * 64,
        "w" * 65 + " " + "0" * 64,
        "ward-7 SECRET-TOKEN-ITSELF",
    ],
)
def test_a_wrong_line_is_named_but_not_repeated(tmp_path: Path, line: str) -> None:
    """It may hold the token itself where its hash should be; the error is one line and says what to write."""
    with pytest.raises(TokenFileError) as caught:
        token_file(tmp_path / "tokens", "# ours", new_token("archive")[1], line)

    assert str(caught.value) == (
        f"cannot use the token file {tmp_path / 'tokens'}: "
        "line 3 must be a name, a space, and the token's SHA-256 in 64 hexadecimal digits"
    )


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """One that is not there, and one that is no text."""
    with pytest.raises(TokenFileError, match="No such file or directory; name a file that the server can read"):
        TokenFile(tmp_path / "nowhere")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TokenFileError, match="it is no text"):
        TokenFile(tmp_path / "binary")


def test_a_file_without_a_token_lets_nobody_in_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The last token can be removed like any other."""
    token, line = new_token("ward-7")
    tokens = token_file(tmp_path / "tokens", line)
    assert tokens.name_of(token) == "ward-7"

    (tmp_path / "tokens").write_text("# nobody for now\n")
    with caplog.at_level(logging.WARNING):
        assert tokens.name_of(token) == ""

    assert [record.getMessage() for record in caplog.records] == [
        f"the token file {tmp_path / 'tokens'} has no token: nobody can call"
    ]


def test_a_file_that_everybody_can_read_is_used_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It has only hashes; still it is nobody's business."""
    path = tmp_path / "tokens"
    token, line = new_token("ward-7")
    path.write_text(line)
    path.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        tokens = TokenFile(path)

    assert tokens.name_of(token) == "ward-7"
    assert [record.getMessage() for record in caplog.records] == [
        f"every user of this machine can read {path}; let only the server: chmod o-r {path}"
    ]


@pytest.mark.parametrize("name", ["", "ward 7", "#ward", "w\u00e4rd", "w" * 65, "ward\n7"])
def test_a_name_that_no_line_can_have_gets_no_token(name: str) -> None:
    """Otherwise the line that was made could not be read."""
    with pytest.raises(AccessError, match="cannot be a token's name: give 1 to 64 printable"):
        new_token(name)
