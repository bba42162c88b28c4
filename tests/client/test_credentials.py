"""Certificates and tokens, over real TLS."""

from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path

import grpc
import pytest
import trustme
from grpc_health.v1 import health, health_pb2_grpc

from ecg.v1 import ecg_service_pb2_grpc
from ecg_client import (
    AsyncEcgClient,
    EcgClient,
    EcgError,
    InvalidCredentialsError,
    Recording,
    ServiceUnavailableError,
    ServingStatus,
    Tls,
    UnauthenticatedError,
)
from ecg_client.connection import Connection
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]
TOKEN = "not-to-be-seen"  # noqa: S105 - it opens nothing


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who vouches for the service and its clients."""
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def client_files(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    """A client's certificate and its key."""
    issued = authority.issue_cert("client.example.org")
    certificate, key = tmp_path / "client.pem", tmp_path / "client.key"
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    return certificate, key


@pytest.fixture(params=[False], ids=["server certificate"])
def wants_certificate(request: pytest.FixtureRequest) -> bool:
    """Whether the service wants to see a client's certificate."""
    return bool(request.param)


@pytest.fixture
def secure_address(
    authority: trustme.CA, service: FakeService, health_servicer: health.HealthServicer, *, wants_certificate: bool
) -> Iterator[str]:
    """Where the fake service listens with TLS; its certificate is for localhost and ecg.example.org."""
    issued = authority.issue_cert("localhost", "ecg.example.org")
    pair = (issued.private_key_pem.bytes(), issued.cert_chain_pems[0].bytes())
    root = authority.cert_pem.bytes() if wants_certificate else None
    credentials = grpc.ssl_server_credentials([pair], root, require_client_auth=wants_certificate)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    ecg_service_pb2_grpc.add_EcgServiceServicer_to_server(service, server)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    yield f"localhost:{port}"
    server.stop(grace=None).wait()


needs_client_certificate = pytest.mark.parametrize("wants_certificate", [True], indirect=True)


async def test_the_authority_of_a_service_may_be_named(
    secure_address: str, ca: Path, make_recording: MakeRecording
) -> None:
    """Both clients call over TLS then."""
    with EcgClient(secure_address, tls=Tls(authority=ca)) as client:
        assert client.predict(make_recording("mine")).recording_id == "mine"
    async with AsyncEcgClient(secure_address, tls=Tls(authority=ca)) as async_client:
        assert (await async_client.predict(make_recording("mine"))).recording_id == "mine"


def test_what_this_machine_trusts_is_trusted(secure_address: str, ca: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those authorities that its other programs trust; nobody else."""
    with EcgClient(secure_address, tls=Tls()) as client, pytest.raises(ServiceUnavailableError):
        client.health()
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    with EcgClient(secure_address, tls=Tls()) as client:
        assert client.health() is ServingStatus.SERVING


def test_the_name_of_a_service_may_be_another_than_its_host(secure_address: str, ca: Path) -> None:
    """As behind a port that is forwarded; any other name is refused."""
    address = secure_address.replace("localhost", "127.0.0.1")
    with EcgClient(address, tls=Tls(authority=ca)) as client, pytest.raises(ServiceUnavailableError):
        client.health()
    with EcgClient(address, tls=Tls(authority=ca, server_name="ecg.example.org")) as client:
        assert client.health() is ServingStatus.SERVING


@needs_client_certificate
def test_a_client_shows_its_certificate(secure_address: str, ca: Path, client_files: tuple[Path, Path]) -> None:
    """To a service that wants one, which without it takes no call."""
    certificate, key = client_files
    with EcgClient(secure_address, tls=Tls(authority=ca)) as client, pytest.raises(ServiceUnavailableError):
        client.health()
    with EcgClient(secure_address, tls=Tls(authority=ca, certificate=certificate, private_key=key)) as client:
        assert client.health() is ServingStatus.SERVING


@pytest.mark.parametrize("is_secure", [False, True])
async def test_every_call_brings_the_token(  # noqa: PLR0913 - fixtures
    secure_address: str, address: str, ca: Path, service: FakeService, make_recording: MakeRecording, *, is_secure: bool
) -> None:
    """Over TLS, and in plain text to this machine."""
    service.token = TOKEN
    where, tls = (secure_address, Tls(authority=ca)) if is_secure else (address, None)
    with EcgClient(where, tls=tls, token=TOKEN) as client:
        client.predict(make_recording())
        client.model_summary()
        assert len(list(client.predict_stream([make_recording()] * 3))) == 3
        assert client.health() is ServingStatus.SERVING
    async with AsyncEcgClient(where, tls=tls, token=TOKEN) as async_client:
        await async_client.predict(make_recording())
        await async_client.model_summary()
        assert len([result async for result in async_client.predict_stream([make_recording()] * 3)]) == 3
        assert await async_client.health() is ServingStatus.SERVING


@pytest.mark.parametrize("token", [None, "another"])
def test_a_token_that_is_missing_or_wrong_is_an_error_of_its_own(
    address: str, service: FakeService, make_recording: MakeRecording, token: str | None
) -> None:
    """Nobody who may not call is told by a retry."""
    service.token = TOKEN
    with EcgClient(address, token=token) as client:
        with pytest.raises(UnauthenticatedError, match="missing or not valid"):
            client.predict(make_recording())
        with pytest.raises(UnauthenticatedError):
            list(client.predict_stream([make_recording()]))
    assert service.calls == 2


@pytest.mark.parametrize(
    "address", ["ecg.example.org:1", "192.0.2.1:1", "[2001:db8::1]:1", "localhost.example.org:1", "dns:///localhost:1"]
)
async def test_a_token_does_not_leave_this_machine_in_plain_text(address: str) -> None:
    """The remedy is named, the token is not."""
    with pytest.raises(InvalidCredentialsError, match=r"in plain text; give tls=Tls\(\.\.\.\), or --tls") as caught:
        EcgClient(address, token=TOKEN)
    assert TOKEN not in str(caught.value)
    assert isinstance(caught.value, EcgError)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(InvalidCredentialsError):
        AsyncEcgClient(address, token=TOKEN)
    EcgClient(address, tls=Tls(), token=TOKEN).close()


@pytest.mark.parametrize("address", ["localhost:1", "127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "unix:/run/ecg.sock"])
def test_this_machine_is_no_network(address: str) -> None:
    """There a token may go without TLS."""
    EcgClient(address, token=TOKEN).close()


@pytest.mark.parametrize("token", ["", "two words", "a line\n", "with\ttab", "Ünicode"])
def test_what_is_no_token_is_refused(token: str) -> None:
    """A line end at the end of a file is the usual one; what it was is not repeated."""
    with pytest.raises(InvalidCredentialsError, match="without blanks and line ends") as caught:
        EcgClient(token=token)
    assert not token or token not in str(caught.value)


def test_nothing_shows_a_token() -> None:
    """Neither the client nor what it is made of."""
    connection = Connection("localhost:1", None, TOKEN)
    with EcgClient("localhost:1", token=TOKEN) as client:
        assert TOKEN not in repr(client) + repr(connection)
    assert "localhost:1" in repr(connection)


def test_files_that_cannot_be_used_are_named(ca: Path, client_files: tuple[Path, Path], tmp_path: Path) -> None:
    """Before any call; grpc would say that it cannot connect."""
    certificate, key = client_files
    text = tmp_path / "notes.txt"
    text.write_text("no certificate")
    for tls, problem in (
        (Tls(authority=tmp_path / "gone"), r"gone cannot be used: No such file or directory; give a PEM file with"),
        (Tls(authority=text), r"notes\.txt cannot be used; give a PEM file with certificates of authorities"),
        (Tls(certificate=certificate), "need each other"),
        (Tls(private_key=key), "need each other"),
        (Tls(certificate=certificate, private_key=tmp_path / "gone.key"), r"gone\.key cannot be used: No such file"),
        (Tls(certificate=certificate, private_key=tmp_path), rf"{tmp_path} cannot be used: Is a directory"),
        (Tls(certificate=ca, private_key=key), r"ca\.pem cannot be used; .* with .*client\.key as its key"),
    ):
        with pytest.raises(InvalidCredentialsError, match=problem):
            EcgClient("localhost:1", tls=tls)
