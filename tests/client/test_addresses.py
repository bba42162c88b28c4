import pytest

from ecg_client import AsyncEcgClient, EcgClient, EcgError, InvalidAddressError


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost",
        "http://localhost:50051",
        "localhost:50051/",
        "localhost:",
        ":50051",
        "localhost:0",
        "localhost:65536",
        "::1:50051",
        "two words:1",
    ],
)
async def test_what_names_no_host_and_port_is_refused_at_once(address: str) -> None:
    """Left to grpc, it would be port 443, or the name of a host that nobody has."""
    with pytest.raises(InvalidAddressError, match=r"give HOST:PORT, such as 127\.0\.0\.1:50051") as caught:
        EcgClient(address)
    assert caught.value.address == address
    assert isinstance(caught.value, EcgError)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(InvalidAddressError):
        AsyncEcgClient(address)


@pytest.mark.parametrize(
    "address",
    ["localhost:50051", "ecg_server.example.org:1", "[::1]:65535", "unix:/run/ecg.sock", "dns:///localhost:50051"],
)
def test_hosts_with_a_port_and_targets_of_grpc_are_taken(address: str) -> None:
    """A connection is made only when something is asked."""
    EcgClient(address).close()
