"""TLS between a real server and real clients: who can connect, and what happens when certificates are renewed."""

import logging
from pathlib import Path

import grpc
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ecg_server.access.certificates import server_credentials
from ecg_server.access.errors import CertificateError
from ecg_server.settings import AccessSettings, TlsSettings
from ecg_testing.certificates import LONG_AGO, Files, chain, client_credentials, put, renew, server_files
from ecg_testing.guarded import connection, guarded_server, refusal, who_am_i


@pytest.fixture
def authority() -> trustme.CA:
    """Whose certificates the server and its clients have."""
    return trustme.CA()


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> Files:
    """A server's files."""
    return server_files(tmp_path, authority)


async def test_a_client_that_trusts_the_servers_authority_can_call(files: Files, authority: trustme.CA) -> None:
    """Without a certificate of its own, where none is asked for; it is known by its address."""
    async with (
        guarded_server(AccessSettings(tls=files.plain_tls())) as address,
        connection(address, client_credentials(authority)) as channel,
    ):
        assert await who_am_i(channel) == "127.0.0.1"


async def test_plain_text_does_not_get_through_to_tls(files: Files) -> None:
    """Nor does a client get through that trusts another authority."""
    async with guarded_server(AccessSettings(tls=files.plain_tls())) as address:
        for credentials in (None, client_credentials(trustme.CA())):
            async with connection(address, credentials) as channel:
                assert (await refusal(channel)).code is grpc.StatusCode.UNAVAILABLE


async def test_a_client_is_known_by_its_certificates_name(files: Files, authority: trustme.CA) -> None:
    """An alternative name, or the common name where there is no other; of several those that may call."""
    certificates = {
        "ward-7.hospital.example": authority.issue_cert("ward-7.hospital.example", common_name="Ward 7"),
        "Ward 8": authority.issue_cert(common_name="Ward 8"),
        "archive@hospital.example": authority.issue_cert("other.example", "archive@hospital.example"),
        "192.0.2.7": authority.issue_cert("192.0.2.7"),
    }
    async with guarded_server(AccessSettings(tls=files.tls(*certificates))) as address:
        for name, certificate in certificates.items():
            async with connection(address, client_credentials(authority, certificate)) as channel:
                assert await who_am_i(channel) == name


async def test_a_client_without_a_valid_certificate_cannot_connect(files: Files, authority: trustme.CA) -> None:
    """It has none, or one of another authority, or one that has expired: it never gets as far as a call."""
    strangers = trustme.CA()
    certificates = [
        None,
        strangers.issue_cert("ward-7.hospital.example"),
        authority.issue_cert("ward-7.hospital.example", not_before=LONG_AGO, not_after=LONG_AGO.replace(month=2)),
    ]
    async with guarded_server(AccessSettings(tls=files.tls())) as address:
        for certificate in certificates:
            async with connection(address, client_credentials(authority, certificate)) as channel:
                assert (await refusal(channel)).code is grpc.StatusCode.UNAVAILABLE


async def test_a_client_of_another_name_is_not_allowed(files: Files, authority: trustme.CA) -> None:
    """Whatever the name is, the status is the same to the letter."""
    names = ["ward-8.hospital.example", "ward-7.hospital.example.evil.example", "hospital.example"]
    statuses = []
    async with guarded_server(AccessSettings(tls=files.tls("ward-7.hospital.example"))) as address:
        for name in names:
            certificate = authority.issue_cert(name)
            async with connection(address, client_credentials(authority, certificate)) as channel:
                statuses.append(await refusal(channel))

    assert statuses[0].code is grpc.StatusCode.PERMISSION_DENIED
    assert statuses == [statuses[0]] * len(names)


async def test_a_renewed_certificate_is_shown_to_new_connections(files: Files, authority: trustme.CA) -> None:
    """The old connection goes on. Only who trusts the new authority connects anew, so it is the new certificate."""
    new_authority = trustme.CA()
    async with (
        guarded_server(AccessSettings(tls=files.plain_tls())) as address,
        connection(address, client_credentials(authority)) as old,
    ):
        await who_am_i(old)
        renew(files, new_authority)
        async with connection(address, client_credentials(new_authority)) as new:
            assert await who_am_i(new) == "127.0.0.1"
        async with connection(address, client_credentials(authority)) as outdated:
            assert (await refusal(outdated)).code is grpc.StatusCode.UNAVAILABLE
        assert await who_am_i(old) == "127.0.0.1"


async def test_a_renewed_authority_lets_other_clients_in(files: Files, authority: trustme.CA) -> None:
    """And those of the old one no longer."""
    new_authority = trustme.CA()
    of_old, of_new = authority.issue_cert("ward-7"), new_authority.issue_cert("ward-7")
    async with guarded_server(AccessSettings(tls=files.tls())) as address:
        async with connection(address, client_credentials(authority, of_new)) as channel:
            await refusal(channel)
        put(files.authority, new_authority.cert_pem.bytes())
        async with connection(address, client_credentials(authority, of_new)) as channel:
            assert await who_am_i(channel) == "ward-7"
        async with connection(address, client_credentials(authority, of_old)) as channel:
            await refusal(channel)


BREAKAGES = {
    "the certificate is gone": lambda files: files.certificate.unlink(),
    "the key is gone": lambda files: files.private_key.unlink(),
    "the authority is gone": lambda files: files.authority.unlink(),
    "the certificate is no PEM": lambda files: put(files.certificate, b"rubbish"),
    "the key is no PEM": lambda files: put(files.private_key, b"rubbish"),
    "the authority is no PEM": lambda files: put(files.authority, b""),
    "the certificate has another key": lambda files: put(
        files.certificate, chain(trustme.CA().issue_cert("localhost", "127.0.0.1"))
    ),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
async def test_a_broken_renewal_leaves_the_old_certificate_in_force(
    files: Files, authority: trustme.CA, breakage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so once, however many connect. Put right, it is the new one."""
    certificate = authority.issue_cert("ward-7")
    async with guarded_server(AccessSettings(tls=files.tls())) as address:
        BREAKAGES[breakage](files)
        with caplog.at_level(logging.ERROR):
            for _ in range(3):
                async with connection(address, client_credentials(authority, certificate)) as channel:
                    assert await who_am_i(channel) == "ward-7"
        (record,) = caplog.records
        assert "until then what was read before stays in force" in record.getMessage()
        assert "\n" not in record.getMessage()

        new_authority = trustme.CA()
        renew(files, new_authority)
        put(files.authority, authority.cert_pem.bytes())
        async with connection(address, client_credentials(new_authority, certificate)) as channel:
            assert await who_am_i(channel) == "ward-7"


async def test_while_only_half_is_renewed_the_old_certificate_is_shown(files: Files, authority: trustme.CA) -> None:
    """The certificate and its key are two files, and one of them is always the first."""
    new_authority = trustme.CA()
    new = new_authority.issue_cert("localhost", "127.0.0.1")
    async with guarded_server(AccessSettings(tls=files.plain_tls())) as address:
        put(files.certificate, chain(new))
        async with connection(address, client_credentials(authority)) as channel:
            assert await who_am_i(channel) == "127.0.0.1"
        put(files.private_key, new.private_key_pem.bytes())
        async with connection(address, client_credentials(new_authority)) as channel:
            assert await who_am_i(channel) == "127.0.0.1"


@pytest.mark.parametrize(
    ("breakage", "file", "remedy"),
    [
        ("the certificate is gone", "certificate", "No such file or directory; name a file that the server can read"),
        ("the key is gone", "private_key", "No such file or directory; name a file that the server can read"),
        ("the authority is gone", "authority", "No such file or directory; name a file that the server can read"),
        ("the certificate is no PEM", "certificate", "it holds no certificate, or a broken one; give certificates as"),
        ("the authority is no PEM", "authority", "it holds no certificate, or a broken one; give certificates as PEM"),
        ("the key is no PEM", "private_key", "it holds no private key that fits the certificate in"),
        ("the certificate has another key", "private_key", "it holds no private key that fits the"),
    ],
)
def test_what_cannot_be_used_at_the_start_is_an_error(files: Files, breakage: str, file: str, remedy: str) -> None:
    """It is one line, which names the file and the remedy."""
    BREAKAGES[breakage](files)

    with pytest.raises(CertificateError) as caught:
        server_credentials(files.tls())

    assert str(caught.value).startswith(f"cannot use {getattr(files, file)} for TLS: {remedy}")
    assert "\n" not in str(caught.value)


def test_an_encrypted_key_is_an_error(tmp_path: Path, files: Files) -> None:
    """Nobody is there to be asked for its password."""
    key = load_pem_private_key(files.private_key.read_bytes(), password=None)
    encrypted = tmp_path / "encrypted.key"
    put(encrypted, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))

    with pytest.raises(CertificateError, match="not encrypted"):
        server_credentials(TlsSettings(certificate=files.certificate, private_key=encrypted))


def test_a_key_that_everybody_can_read_is_used_with_a_warning(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    """The log says what to do."""
    files.private_key.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        server_credentials(files.plain_tls())

    assert [record.getMessage() for record in caplog.records] == [
        f"every user of this machine can read {files.private_key}; let only the server: chmod o-r {files.private_key}"
    ]
